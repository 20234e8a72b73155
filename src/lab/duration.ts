/** Seconds in words that promise no more than a forecast can. */

const rounded = (value: number): number => (value < 10 ? Math.round(value) : Math.round(value / 5) * 5);

const counted = (value: number, unit: string): string => `about ${value} ${unit}${value === 1 ? "" : "s"}`;

export function duration(seconds: number): string {
  if (seconds < 90) return counted(rounded(seconds), "second");
  const minutes = seconds / 60;
  return minutes < 90 ? counted(rounded(minutes), "minute") : counted(rounded(minutes / 60), "hour");
}
