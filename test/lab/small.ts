/** A page that is done in a moment. */
import { defaultState, type LabState } from "../../src/lab/state.ts";

export const small: LabState = {
  ...defaultState,
  data: "synthetic:rows=150,features=6,labels=4",
  shared: { ...defaultState.shared, epochs: 4, batchSize: 32, modelOptions: { hidden: [8] } },
  backend: "js",
};
/** What it says then. */
export const done = /After 4 of 4 epochs/;
