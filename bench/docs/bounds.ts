/** What bounds the steps that miss their aims: written by hand from profiles by op and times of records. */
export const bounds = `### What bounds the steps of MLPs

Milliseconds of wall time a step, relaxed SIMD, lower quartiles, medians of seven turns in which both programs ran one after the other while nothing else did. Before
and after threads began with their own rows in every step; how fast two cores are together changed on this machine from minute to minute (1.5 to 1.9 times one, by the same program),
so that only such pairs tell anything.

| net | 1 thread | 2 threads before | after | ratio before | after | aim |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
| 72-256-512-256-6 | 4.67 | 3.10 | 2.84 | 1.50 | 1.64 | 1.85 |
| 68-768-768-768-174 | 22.0 | 12.9 | 12.2 | 1.70 | 1.81 | 1.85 |
| 1836-512-256-159 | 13.6 | 7.85 | 7.53 | 1.73 | 1.80 | 1.85 |

- **Two threads** lose 14 to 30 microseconds in each product: all wait between packing its right side and multiplying by it, and half of what one core packs is read by the other.
  A thread's share of a product is 2^16 multiplications at least, 2^18 before: products of six columns are shared now and take 7 to 8 microseconds instead of 11 to 16, and what follows finds its numbers in
  its own cache. Blocks of steps in turns within one process, medians of now / before: first net 0.977 to 0.997, second and third 0.995 to 1.003; C2AE on emotions 0.72 to 0.76, on yeast 0.97; MPVAE and DELA on emotions 1.00. Shares of 2^15 and 2^14 gained no more.
- **Tiles** take 86 % of a step of the first two nets on one thread once start-up is left out of the profile, 81 to 84 % of the third's; packing 3 to 4 % and 2 % beside it, Adam 5 to 9 %, JavaScript 2 to 3 %. For 90 % all packing would have to go.
  Record by record: large products reach 55 to 57 GFLOP/s in the first net and 52 to 57 in the others, of the 58.8 of a loop over registers, packing counted in. (These and the following figures: lower deciles of each record, other processes beside at a lower priority.)
- **Weights kept packed** were not built. Packing them takes 72 of the 4,060 microseconds of the first net's step on one thread, 685 of 20,400 and 326 of 12,200 of the others'; that is all there is to gain.
  For the product forwards Adam would have to pack as it goes, some rows of all columns at a time: eight rows of a 768 x 768 weight at a time took 400 to 430 microseconds in all instead of the 150 to 180 of whole panels.
  Only the form for the product backwards lies as Adam goes: at most 0.7, 1.5 and 0.2 % of the steps, less what it costs to write it.
- **Adam where the gradient leaves the registers** was built and taken out again. Six rows of the gradient stayed in the cache and Adam's loop ran on them before the next six. Product and Adam, microseconds on one thread, before and so: 256 x 512 weights
  696 and 728, 768 x 768 3,270 and 3,370, 1836 x 512 5,350 and 5,620 (strips of 256 columns: 5,090 and 5,800). With it steps were 0 to 4 % longer on one thread, 0 to 5 % on two: Adam is bound by its divisions, so nothing is saved, and reading its three arrays
  begins anew for each few rows.
- **Bias, rectifier and their gradients**, in passes of their own, take 1.1 % of a step of the first net on one thread, 0.5 % of the second and 0.3 % of the third; the sums for the gradient of the bias 0.5, 0.3 and 0.2 %.
  Bias and rectifiers were built into the product the same way and taken out again, the sums left where they are:
  617 microseconds before and 615 so for 256 to 512 with bias and rectifier, 604 and 605 for the gradient; on two threads 343 and 357, 319 and 329.
- **Other ways to pack** that brought nothing, with two threads where not said otherwise: each thread packs the whole right side for itself and waits for nobody (1.01, 1.00 and 1.00 of the three nets' steps; large right sides, too: 1.05 of the second's);
  blocks of the right side packed just before they are multiplied by, so that they stay in the second cache (one thread, second net: 20.8 ms before, 21.0 to 21.2 so); rows cut evenly between threads (64 and 64 instead of 66 and 62: steps of the first net 1 to 4 % longer, as tiles of five rows come in).
- **Adam** takes 0.1 ms for 131,072 weights, 12 cycles for four: two divisions and a root. The same arithmetic in C takes 0.09 ms, from memory or from the cache. Two threads take 0.06 ms
  now, as long as one before, when each found half of the weights in the other's cache.
- **Compare on emotions** (5 folds, 2 samplers, 20 epochs, one thread) spends 77 % of its time in kernels by Node 24's profile of the program. The rest is spread out: modules, their compilation and start 2 to
  3 %, waiting for files 2 %, the garbage collector 2 %, copies of weights 0.6 %, drawing initial weights 0.5 %, nothing else with a name above 0.5 %. Copies in one set of arrays a cell take 3 to 4 % off the whole.

### What bounds PACA, MPVAE and the noise

Both revisions in one run, each after the other, three times, everything else on the machine standing still; lower quartile of the steps of about a
second, relaxed SIMD, milliseconds. Before: the revision before noise by key, flows and what follows; noise counted in. Both
train the same model; noise comes from another stream since, and roundings differ.

| step | threads | before | now | now / before | aim |
| --- | ---: | ---: | ---: | ---: | ---: |
| paca, yeast | 1 | 179 | 115 | 0.64 | 0.5 |
| paca, yeast | 2 | 117 | 67.3 | 0.57 | 0.5 |
| paca, cal500 | 1 | 2028 | 1388 x 0.91 | 0.62 | 0.5 |
| paca, cal500 | 2 | 1188 | 798 x 0.96 | 0.64 | 0.5 |
| mpvae, emotions | 1 | 19.8 | 14.6 | 0.74 | 0.6 |
| mpvae, emotions | 2 | 15.9 | 8.7 | 0.55 | 0.6 |
| mpvae, yeast | 1 | 26.7 | 18.3 | 0.69 | 0.6 |
| mpvae, yeast | 2 | 22.3 | 11.3 | 0.51 | 0.6 |
| mpvae, cal500 | 1 | 105.7 | 59.6 | 0.56 | 0.6 |
| mpvae, cal500 | 2 | 66.7 | 34.5 | 0.52 | 0.6 |

Products of PACA by slabs of rows came last and were measured against the revision just before them, once: that is the factor of the rows of cal500; on
yeast they change nothing.

A step of PACA at Corel5k needs 1.64 GiB of memory on wasm (4.1 s with two threads); the aim is 3.5 GiB.

- **PACA on yeast** spends 54 % in products and 40 % in flows. It multiplies 2.8 GFLOP outside of its flows and 0.86 within (12 numbers to 48, four times
  for each of two flows with the gradient making them again): 3.65 GFLOP, 63 ms at the 58 GFLOP/s of a loop over registers. Its flows evaluate 1.49 million
  vectors of units, three exponentials, a logarithm and two to four divisions each: 40 cycles, 17 ms. Together 80 of the 90 ms that the aim allows, before
  anything is packed (a tenth of the step), gathered or added. The aim would need products at the peak in panels of 25 to 36 columns (they reach 36 to 48
  GFLOP/s).
- **MPVAE on emotions and yeast** spends 68 and 60 % in products that reach 50 to 56 GFLOP/s, and 14 and 15 % in noise.
- **MPVAE at cal500** spends a third in products, a quarter in the normal distribution function, a quarter in logarithms, exponentials and their sums, a tenth in
  the slope of the first. The function is evaluated 4.45 million times: two rational functions of degree 8 and one of degree 4 as their terms are
  ordered, an exponential and two divisions, 140 instructions for four numbers. Each term waits for the one before; another order would be faster and
  round otherwise.
- **Noise**: MPVAE on emotions needs 460,800 normal numbers a step (100 draws of 128 rows, 36 wide, the rank of its covariance). At 4 ns a number (uniform
  ones 1.3) a third is Philox' ten rounds, the rest a division, a root and three series in double precision, whose bits are fixed: 14 % of the step of MPVAE
  on emotions with one thread, 15 % on yeast, 3 % at cal500, 5.1 % of DELA's on yeast. With two threads a worker that has nothing else to do draws it during
  the step before. What a step then waits for it: 0.0 % of its time for MPVAE on emotions, 0.0 to 0.7 % on yeast, 2.3 % for DELA on yeast, instead of 13, 14
  and 5.2 %; the whole step is 4 to 6, -1 to 5 and 1 to 6 % shorter, as that worker would have had some of it to do otherwise.

What was tried and did not pay: leaving out the way of the normal distribution function that none of four numbers takes (half the time on a fresh net, where
all probabilities are near 1/2; after 60 steps on cal500's own labels 15.8 ms instead of about 13, as the processor guesses the way wrong); exponentials of
the flows two vectors at a time, so that constants are loaded once (3 % of the plain flow, nothing in the gradient); the same in the noise (6 % of the
noise, 0.8 % of the step); the noise's rounds between the parts of its transform (no faster, with everything in one loop a fifth slower); blocks of 1024 to
8192 columns for the likelihoods (each array then begins on a new page each time); the gradient of PACA's masked weights by slabs of rows, too (no faster
than the other two products by slabs).
`;
