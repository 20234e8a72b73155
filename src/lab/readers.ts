/** Reading a visitor's file: a piece of its own, which the page fetches once there is a file (build.mjs sees to it). */
import { type Dataset, readDataset } from "../index.ts";
import type { GivenFile } from "./messages.ts";

/** @throws DataError and UsageError as `readDataset` words them */
export function readGiven({ name, bytes, xml, labels }: GivenFile): Promise<Dataset> {
  return readDataset(bytes, name, { ...(xml && { xml: xml.bytes }), ...(labels !== undefined && { labels }) });
}
