/**
 * The files that a visitor chose or dropped: one data set, with its XML where there is one. Reads bytes; the worker
 * parses them.
 */
import { UsageError } from "../index.ts";
import type { GivenFile } from "./messages.ts";

const isXml = ({ name }: File): boolean => /\.xml(\.gz)?$/i.test(name);

/** @throws UsageError unless there is one file of data, with one XML file at most */
export async function chosenFile(files: FileList | readonly File[]): Promise<GivenFile> {
  const all = [...files];
  const xmls = all.filter(isXml);
  const data = all.filter((file) => !isXml(file));
  if (data.length !== 1 || xmls.length > 1) {
    throw new UsageError(
      `${all.map(({ name }) => name).join(", ")}: expected one file of data, and at most one XML file with its labels`,
    );
  }
  const [xml] = xmls;
  return {
    name: data[0].name,
    bytes: await bytesOf(data[0]),
    ...(xml && { xml: { name: xml.name, bytes: await bytesOf(xml) } }),
  };
}

const bytesOf = async (file: File): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await file.arrayBuffer());
