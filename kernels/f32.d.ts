/** AssemblyScript's 32-bit float, for the files that are both TypeScript and AssemblyScript. */
declare type f32 = number;
