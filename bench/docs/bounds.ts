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
  Products of six columns run on one thread and take 21 microseconds instead of 10, as half of what they read lies in the other core's cache.
- **Tiles** take 86 % of a step on one thread once start-up is left out of the profile, packing 2 to 4 % and 2 % beside it, Adam 5 %, JavaScript 2 to 3 %. For 90 % all packing would have to go.
- **Weights kept packed** by the optimiser were not tried. A weight is packed along its columns for the product forwards and along its rows for the one backwards, so Adam would
  write it three times to save two reads; left sides, the other half of the packing, are activations.
- **Bias, rectifier and their gradients**, in passes of their own, take 1.5 % of a step of the first net and 0.8 % of the second on one thread; they were left there.
- **Adam** takes 0.1 ms for 131,072 weights, 12 cycles for four: two divisions and a root. The same arithmetic in C takes 0.09 ms, from memory or from the cache. Two threads take 0.06 ms
  now, as long as one before, when each found half of the weights in the other's cache.
- **Compare on emotions** (5 folds, 2 samplers, 20 epochs) spends 70 % of its time in kernels. The rest is spread out: modules and start 5 %, the garbage collector 4 %, copies of weights
  2 % (3 % before cells began without a copy of their whole state), compiling and filling memory 2 %, neighbours 2 %, waiting for files 2 %, nothing else above 1 %.

### What bounds PACA, MPVAE and the noise

Processor time of one thread by record of the program, relaxed SIMD, lower quartile of some twenty steps, on a machine that did other things: good for shares.
Before and after flows took their units in short loops and the noise two groups at a time, an hour apart.

| step | ms before | ms after | of that | aim |
| --- | ---: | ---: | --- | --- |
| paca, yeast | 139 | 113 | products 54 %, flows 40 % | half of about 183 (when the aim was set): 91 |
| mpvae, cal500 | 69.6 | 67.1 | likelihood and its logarithm 28 %, its gradient 12 %, products 30 %, noise 2.8 % | 0.6 of about 91.5: 55 |
| mpvae, emotions | 15.0 | 14.2 | products 67 %, noise 13.8 % (19 % before) | noise 5 % |
| mpvae, yeast | - | 18.5 | products 60 %, noise 15.2 % | noise 5 % |
| dela, yeast | 43.1 | 42.0 | products 86 %, noise 5.2 % (8.2 % before) | noise 5 % |

- **PACA on yeast** multiplies 2.8 GFLOP outside of its flows and 0.86 within (12 numbers to 48, four times for each of two flows with the gradient making them again):
  3.65 GFLOP, 63 ms at the 58 GFLOP/s of a loop over registers. Its flows evaluate 1.49 million units four times, three exponentials, a logarithm and two to four divisions each:
  1.49 million vectors at about 55 cycles are 23 ms. Together 86 of the 91 ms that the aim allows, before anything is packed, gathered or added. The aim would need products at the
  peak in panels of 25 to 36 columns (they reach 36 to 48 GFLOP/s).
- **MPVAE at cal500** evaluates the normal distribution function 4.45 million times: two rational functions of degree 8 and one of degree 4 as their terms are ordered, an exponential and two
  divisions, 140 instructions for four numbers, of which 41 load a constant (V8 keeps none in registers), and 60 for the logarithm: 61 cycles a vector. Each term waits for the one before; another order would be faster and
  round otherwise. Blocks of 1024 to 8192 columns instead of whole rows were tried: no faster, as each array then begins on a new page each time.
- **Noise**: MPVAE on emotions needs 460,800 normal numbers a step (100 draws of 128 rows, 36 wide, the rank of its covariance). At 4 ns a number (5.7 before; uniform ones 1.3, 2.2 before)
  a third is Philox' ten rounds, the rest a division, a root and three series in double precision, whose bits are fixed. On one thread MPVAE on small label sets can't come below 5 %;
  with several, workers that have nothing else to do draw it during the step before.
`;
