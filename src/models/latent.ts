/**
 * Widths that grow with the features: right for the tables that the models were published on, too much for the widest
 * ones.
 */
import { UsageError } from "../errors.ts";

/** What a weight takes while it is trained: itself, its gradient and Adam's two averages, in bytes. */
const trainedBytes = 16;
/** What a device can address. */
const mostBytes = 2 ** 32;

/**
 * Half the features, rounded up, for a latent space D that has a layer of `layers` times D x D weights.
 * @throws UsageError where that layer alone, trained, is more than a device can hold
 */
export function latentOf(model: string, features: number, layers: number): number {
  const latent = Math.ceil(features / 2);
  const bytes = trainedBytes * layers * latent ** 2;
  if (bytes <= mostBytes) return latent;
  throw new UsageError(
    `model ${model}: z is half as wide as the ${features} features unless told otherwise, and one layer of ${latent} takes ` +
      `${(bytes / 2 ** 30).toFixed(1)} GiB in training, more than the 4 that fit: choose its width ` +
      "(--model-option latent=256) or keep fewer features (--feature-share)",
  );
}
