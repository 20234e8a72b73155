/**
 * The words of memory that the host and the kernels agree on: the control block of the thread pool and the records that
 * a program is made of. Both TypeScript and AssemblyScript, so it holds whole numbers only and imports nothing.
 * A record is a run of 32-bit words: its kind, its length in words, its number of chunks, then what its kind lists
 * here.
 */

// Control block, in bytes; what different threads write stands in different cache lines.
/** How many threads there are; written once. */
export const threadsAt = 1024;
export const signalAt = 1152;
export const sleepersAt = 1280;
export const doneAt = 1408;
export const jobAt = 1536;
export const phaseAt = 1540;
export const stopAt = 1544;
export const waitingAt = 1600;
/** Not 0 once a worker failed: its chunk will never be done. */
export const brokenAt = 1604;
// Likewise of the noise that is drawn ahead: which of its chunks are left, how many are done, where its records are.
export const aheadTicketAt = 1664;
export const aheadDoneAt = 1792;
export const aheadJobAt = 1856;
/**
 * Where the constants of the compiled kernels begin: every instance writes them again, so nothing else may be there.
 */
export const constantsAt = 2048;
/** Where the host may begin to lay out memory. */
export const controlEnd = 4096;

/** Each thread's own scratch: operands of a map, or an edge tile and the packed rows of a left side. */
export const threadBytes = 24576;
/**
 * Where in it the thread's ticket stands: the number of the job and how many of the thread's own chunks are left; then
 * where these end.
 */
export const ticketOffset = 24448;

// Kinds of records.
export const mapRecord = 1;
export const matmulRecord = 2;
export const reduceRecord = 3;
export const rowsRecord = 4;
export const copyRecord = 5;
export const thinRecord = 6;
export const sparseRecord = 7;
export const noiseRecord = 8;
export const flowRecord = 9;
export const staircaseRecord = 10;
export const likelihoodRecord = 11;

// Words of every record.
export const kindWord = 0;
export const lengthWord = 1;
export const chunksWord = 2;

// map: elementwise steps of one shape, done block by block; then its members.
export const mapRows = 3;
export const mapColumns = 4;
export const mapChunkRows = 5;
export const mapBlockRows = 6;
export const mapMembers = 7;
export const mapFirstMember = 8;
// A member: number of its loop, operands and outputs together, 1 if any operand is stretched along one axis, outputs;
// then (address, kind) of each operand and each output.
export const memberLoop = 0;
export const memberEntries = 1;
export const memberByRows = 2;
export const memberOutputs = 3;
export const memberFirstEntry = 4;
/** Most operands and outputs of a member. */
export const mostEntries = 16;
export const wholeOperand = 0;
export const scalarOperand = 1;
export const rowOperand = 2;
export const columnOperand = 3;

// matmul: output [rows, columns], sizes in numbers, addresses in bytes.
export const matmulForm = 3;
export const matmulRows = 4;
export const matmulColumns = 5;
export const matmulInner = 6;
export const matmulLeft = 7;
export const matmulRight = 8;
export const matmulOutput = 9;
export const matmulPacked = 10;
export const matmulInnerBlock = 11;
export const matmulColumnBlock = 12;
/** Rows of the right side, as it lies in memory, that are packed in one chunk, and how many chunks a block has. */
export const matmulPackRows = 13;
export const matmulPackChunks = 14;
/** Rows of a band, which is one thread's share; rows and columns of a chunk of it. */
export const matmulBandRows = 15;
export const matmulChunkRows = 16;
export const matmulChunkColumns = 17;
/** Chunks of a band one below the other; of a band; of a block of columns. */
export const matmulDownChunks = 18;
export const matmulBandChunks = 19;
export const matmulBlockChunks = 20;
/** Bytes from row to row. */
export const matmulLeftStride = 21;
export const matmulRightStride = 22;
export const matmulOutputStride = 23;
export const matmulWords = 24;
export const plainForm = 0;
export const transposeLeftForm = 1;
export const transposeRightForm = 2;

// thin: products of a few rows; bytes from row to row and along a row of the left side.
export const thinTransposed = 3;
export const thinRows = 4;
export const thinColumns = 5;
export const thinInner = 6;
export const thinLeft = 7;
export const thinLeftRow = 8;
export const thinLeftStep = 9;
export const thinRight = 10;
export const thinOutput = 11;
export const thinChunkColumns = 12;
export const thinWords = 13;

// reduce: `rows` and `columns` are the input's.
export const reduceOperation = 3;
export const reduceAxis = 4;
export const reduceRows = 5;
export const reduceColumns = 6;
export const reduceInput = 7;
export const reduceOutput = 8;
export const reduceChunkRuns = 9;
export const reduceWords = 10;
export const sumOperation = 0;
export const maxOperation = 1;

// rows: from [inputRows, columns] to [outputRows, columns].
export const rowsOperation = 3;
export const rowsInput = 4;
export const rowsIndices = 5;
export const rowsOutput = 6;
export const rowsInputRows = 7;
export const rowsOutputRows = 8;
export const rowsColumns = 9;
export const rowsTimes = 10;
export const rowsChunkRows = 11;
export const rowsWords = 12;
export const gatherOperation = 0;
export const scatterOperation = 1;
export const repeatOperation = 2;
export const tileOperation = 3;
export const sumRepeatedOperation = 4;
export const sumTiledOperation = 5;
/** Of these two the word `times` is the first row. */
export const sliceOperation = 6;
export const placeOperation = 7;

// sparse: `count` rows of a table [rows, columns] by number. The table is its offsets, then the columns and then the
// values of its entries. Units are rows of the batch, or columns of the table where these are rows of the output.
export const sparseOperation = 3;
export const sparseTable = 4;
export const sparseRows = 5;
export const sparseColumns = 6;
export const sparseIndices = 7;
export const sparseCount = 8;
export const sparseMatrix = 9;
export const sparseWidth = 10;
export const sparseOutput = 11;
export const sparseChunkUnits = 12;
export const sparseBlockUnits = 13;
export const sparseWords = 14;
export const sparseRowsOperation = 0;
export const sparseMatmulOperation = 1;
export const sparseMatmulTransposeLeftOperation = 2;

// noise: `count` numbers of a leaf, which two words name; the key, seed and step, is read at each run from where it
// stands.
export const noiseNormal = 3;
export const noiseOutput = 4;
export const noiseCount = 5;
export const noiseKey = 6;
export const noiseLeaf = 7;
export const noiseChunkGroups = 9;
export const noiseWords = 10;

// flow: `rows` of [rows, outputs] parameters and x through `units`, of three layers' weights and biases. A segment is a
// chunk of the first phase; each thread has a working space, each segment of a gradient its sums.
export const flowOperation = 3;
export const flowRows = 4;
export const flowOutputs = 5;
export const flowUnitCount = 6;
export const flowParameters = 7;
export const flowX = 8;
export const flowFirstWeight = 9;
export const flowOutputAdjoint = 15;
export const flowOutput = 16;
export const flowSegments = 17;
export const flowSegmentRows = 18;
export const flowWork = 19;
export const flowWorkBytes = 20;
export const flowSums = 21;
export const flowWords = 22;
export const flowPlainOperation = 0;
export const flowGradientOperation = 1;
/** Rows that are done together, a multiple of 8. */
export const flowBlockRows = 32;

// likelihood: `rows` of `columns` labels, `batch` of them a draw; each thread has three arrays of so many bytes.
export const likelihoodOperation = 3;
export const likelihoodRows = 4;
export const likelihoodBatch = 5;
export const likelihoodColumns = 6;
export const likelihoodInput = 7;
export const likelihoodLabels = 8;
export const likelihoodAdjoint = 9;
export const likelihoodOutput = 10;
export const likelihoodChunkRows = 11;
export const likelihoodBlockRows = 12;
export const likelihoodWork = 13;
export const likelihoodWorkBytes = 14;
export const likelihoodWords = 15;
export const likelihoodSumsOperation = 0;
export const likelihoodGradientOperation = 1;

// staircase: a matrix with zeros left of its staircase, from one address to another or the same.
export const staircaseFrom = 3;
export const staircaseTo = 4;
export const staircaseRows = 5;
export const staircaseColumns = 6;
export const staircaseClasses = 7;
export const staircaseWidth = 8;
export const staircaseWords = 9;

// copy: bytes from one address to another.
export const copyFrom = 3;
export const copyTo = 4;
export const copyBytes = 5;
export const copyWords = 6;
