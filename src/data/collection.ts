/**
 * Data sets that can be fetched: what they are called, which files they have and what is known of them. Plain data;
 * nothing here opens files or connections.
 */
import { type KnownFile, knownFiles } from "./collection-files.ts";

/** As counted in the whole data set; `inspect` has to find the same. */
export interface KnownFigures {
  readonly rows: number;
  readonly features: number;
  readonly labels: number;
  readonly cardinality: number;
  readonly meanIR: number;
}

export interface CollectionSet {
  readonly name: string;
  /** Of the source, where it is not the name. */
  readonly folder?: string;
  /** The file with all rows, where it is not the name and `.arff`. */
  readonly data?: string;
  readonly figures?: KnownFigures;
  readonly citation?: string;
}

/** What the source says of the rights to any of these sets. */
export const licence = "none stated by the source: cite the authors";

export const source = "the Mulan project, mulan.sourceforge.net and github.com/tsoumakas/mulan";

export const collection: readonly CollectionSet[] = [
  {
    name: "bibtex",
    figures: { rows: 7395, features: 1836, labels: 159, cardinality: 2.401893171061528, meanIR: 12.498259172453173 },
    citation:
      "Katakis, Tsoumakas, Vlahavas: Multilabel Text Classification for Automated Tag Suggestion, ECML/PKDD Discovery Challenge 2008, 75-83",
  },
  { name: "birds" },
  { name: "bookmarks" },
  {
    name: "cal500",
    figures: { rows: 502, features: 68, labels: 174, cardinality: 26.04382470119522, meanIR: 20.57778323624504 },
    citation:
      "Turnbull, Barrington, Torres, Lanckriet: Semantic Annotation and Retrieval of Music and Sound Effects, IEEE TASLP 16(2), 2008, 467-476",
  },
  { name: "Corel16k001", folder: "corel16k" },
  { name: "Corel16k002", folder: "corel16k" },
  { name: "Corel16k003", folder: "corel16k" },
  { name: "Corel16k004", folder: "corel16k" },
  { name: "Corel16k005", folder: "corel16k" },
  { name: "Corel16k006", folder: "corel16k" },
  { name: "Corel16k007", folder: "corel16k" },
  { name: "Corel16k008", folder: "corel16k" },
  { name: "Corel16k009", folder: "corel16k" },
  { name: "Corel16k010", folder: "corel16k" },
  {
    name: "Corel5k",
    folder: "corel5k",
    data: "Corel5k-sparse.arff",
    figures: { rows: 5000, features: 499, labels: 374, cardinality: 3.522, meanIR: 189.56755995212157 },
    citation:
      "Duygulu, Barnard, de Freitas, Forsyth: Object Recognition as Machine Translation, ECCV 2002, LNCS 2353, 97-112",
  },
  { name: "delicious" },
  {
    name: "emotions",
    figures: { rows: 593, features: 72, labels: 6, cardinality: 1.8684654300168635, meanIR: 1.4780684597524212 },
    citation:
      "Trohidis, Tsoumakas, Kalliris, Vlahavas: Multilabel Classification of Music into Emotions, ISMIR 2008, 325-330",
  },
  {
    name: "enron",
    figures: { rows: 1702, features: 1001, labels: 53, cardinality: 3.3783783783783785, meanIR: 73.95279305225446 },
    citation:
      "Klimt, Yang: The Enron Corpus, ECML 2004, 217-226; labels from the UC Berkeley Enron Email Analysis Project",
  },
  {
    name: "flags",
    figures: { rows: 194, features: 19, labels: 7, cardinality: 3.3917525773195876, meanIR: 2.2547085986420625 },
    citation:
      "Goncalves, Plastino, Freitas: A genetic algorithm for optimizing the label ordering in multi-label classifier chains, ICTAI 2013, 469-476",
  },
  { name: "foodtruck" },
  { name: "genbase" },
  { name: "medical" },
  {
    name: "scene",
    figures: { rows: 2407, features: 294, labels: 6, cardinality: 1.0739509763190693, meanIR: 1.2537840597429668 },
    citation:
      "Boutell, Luo, Shen, Brown: Learning multi-label scene classification, Pattern Recognition 37(9), 2004, 1757-1771",
  },
  { name: "tmc2007" },
  {
    name: "tmc2007-500",
    folder: "tmc2007",
    figures: { rows: 28596, features: 500, labels: 22, cardinality: 2.1579241852007276, meanIR: 15.156729129959865 },
    citation:
      "Srivastava, Zane-Ulman: Discovering recurring anomalies in text reports regarding complex space systems, IEEE Aerospace Conference 2005, 3853-3862; the 500-feature selection is from the Mulan collection",
  },
  {
    name: "yeast",
    figures: { rows: 2417, features: 103, labels: 14, cardinality: 4.237070748862226, meanIR: 7.19681104016422 },
    citation: "Elisseeff, Weston: A Kernel Method for Multi-Labelled Classification, NIPS 14, 2001, 681-687",
  },
];

/**
 * Share of the features that the published code keeps, by the fingerprint of the features (fingerprint.ts, without
 * labels).
 */
export const publishedShares: readonly {
  readonly rows: number;
  readonly columns: number;
  readonly fingerprint: string;
  readonly share: number;
}[] = [
  { rows: 6000, columns: 47236, fingerprint: "93547b0b9c57601c", share: 0.02 }, // rcv1subset1
  { rows: 6000, columns: 47236, fingerprint: "d7629101a6bbedfa", share: 0.02 }, // rcv1subset2
  { rows: 6000, columns: 47236, fingerprint: "22b0905ce86ef4e5", share: 0.02 }, // rcv1subset3
  { rows: 6000, columns: 47236, fingerprint: "273e1350b6282b6d", share: 0.02 }, // rcv1subset1, columns repaired
  { rows: 6000, columns: 47236, fingerprint: "e4a73cec0f2e8b65", share: 0.02 }, // rcv1subset2, columns repaired
  { rows: 6000, columns: 47236, fingerprint: "fe0b0945ddf5957a", share: 0.02 }, // rcv1subset3, columns repaired
  { rows: 7484, columns: 23146, fingerprint: "f8a3779154c45264", share: 0.05 }, // yahoo-Arts1
  { rows: 11214, columns: 21924, fingerprint: "65ca34558a279ac8", share: 0.05 }, // yahoo-Business1
];

/** The set of that name, in any case. */
export function findSet(name: string): CollectionSet | undefined {
  return collection.find((set) => set.name.toLowerCase() === name.toLowerCase());
}

/** The files of a set: those that are called like it, and not like another set with a longer name. */
export function filesOf({ name, folder = name }: CollectionSet): readonly KnownFile[] {
  const isOf = (file: string, set: string): boolean => file.startsWith(set) && /^[-.]/.test(file.slice(set.length));
  const longer = collection.filter((other) => isOf(`${other.name}.`, name) && other.name.length > name.length);
  return knownFiles[folder].filter(([file]) => isOf(file, name) && !longer.some((other) => isOf(file, other.name)));
}

/** The file with all rows; undefined where the source has only parts. */
export function mainFile(set: CollectionSet): string | undefined {
  const wanted = set.data ?? `${set.name}.arff`;
  return filesOf(set).find(([file]) => file === wanted)?.[0];
}
