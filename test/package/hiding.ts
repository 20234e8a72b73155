/** An entry as none should be: its function takes a type that a caller can't name. For the control of the test beside it. */
interface Hidden {
  readonly rows: number;
}

export const count = ({ rows }: Hidden): number => rows;
