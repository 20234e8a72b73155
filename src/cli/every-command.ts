/**
 * The command line with every command. The build (build.mjs) makes one file of it and of all that it imports, which is
 * read and compiled in less time than two hundred.
 */
import { main } from "./command-line.ts";

/** As `main`. */
export const everyCommand = (words: readonly string[]): Promise<number> => main(words);
