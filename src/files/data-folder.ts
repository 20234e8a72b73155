/** Where fetched data sets are. What is known of the files there is in data-lock.ts. */
import { homedir } from "node:os";
import { join } from "node:path";

/** `HARDBATCH_DATA`, else `.hardbatch/data` in the home folder. */
export const dataFolder = (): string => process.env.HARDBATCH_DATA || join(homedir(), ".hardbatch", "data");
