/**
 * The data files of the Mulan project at one commit: name, length in bytes and SHA-256 by folder. Those of 4 MiB and
 * more are known by name alone; their hash is noted when they are first fetched (docs/data-files.md).
 */

/**
 * Where a file of a folder is: `<address>/<folder>/<name>`. The first that answers is taken, and hashes tell whether it
 * is the file.
 */
export const addresses: readonly string[] = [
  "https://raw.githubusercontent.com/tsoumakas/mulan/43f6389095ad71984264db4387a8074b22bc7d4a/data/multi-label",
];

export type KnownFile = readonly [name: string, bytes?: number | undefined, sha256?: string | undefined];

export const knownFiles: Readonly<Record<string, readonly KnownFile[]>> = {
  bibtex: [
    ["bibtex-test.arff", 1215637, "9b03329cde64d3f994bdf7fbbac3f3b10fe185c311cb9ae725475f59c7f3f922"],
    ["bibtex-train.arff", 2292961, "8dcc9de6e0b2cebaec8c1f4fac78431adeeb73cfd3ab879b530a66d366e59174"],
    ["bibtex.arff", 3457832, "a282a6d1fb3cdaf39bde3f81cd4e6079850a7a538a6bc44f8b4ed95dfe1e5014"],
    ["bibtex.xml", 5880, "08fe20013c1e75dcf1888c185f5187c95e76495b8518ce289b4d3afce38d1232"],
  ],
  birds: [
    ["birds-test.arff", 540883, "51ba6326d65ccdd7c755b6461280eb6d2769c7f59d8e12fd4250f91e6ca28326"],
    ["birds-train.arff", 539367, "8f215db6ee163149901e753977f631ba8bea0e0e8e1abc42b234414822f8ae36"],
    ["birds.xml", 889, "0f4ea547b2b3d538c8402662daf689e0d4520cc8b4f5ba113c2e7c01700f010f"],
  ],
  bookmarks: [
    ["bookmarks.arff"],
    ["bookmarks.xml", 7547, "710acecc1aa359f357df8766e9359190e2788c05e4927bc73dc280d3b80c9d97"],
  ],
  cal500: [
    ["cal500.arff", 492857, "cfe6097ba5fd6e8584e54911ab9783dcab34e898446b7c9370c71d477eae56d3"],
    ["cal500.xml", 7901, "877e128531268d7661faa3e44f7bb43cbcda829c0895e49879168775b192728c"],
  ],
  corel16k: [
    ["Corel16k001-test.arff", 2295221, "1b948b57684403b4973e54c9eba17cf077fd64be888727e783e8d0d166f956ee"],
    ["Corel16k001-test3.arff"],
    ["Corel16k001-train.arff"],
    ["Corel16k001.arff"],
    ["Corel16k001.xml", 4650, "98dd73595b67dff0681c9af9993e251de40ba414b4c0792821bd5b51022f38bf"],
    ["Corel16k002-test.arff", 2385630, "ccf25654c9d6919143b6ea94f845510d8a358c9284633e4a480baa4e8cb99550"],
    ["Corel16k002-test3.arff"],
    ["Corel16k002-train.arff"],
    ["Corel16k002.arff"],
    ["Corel16k002.xml", 4965, "552c8a23f6a9c7206a7207df120313779631c54f898e7ef476a66ebb2c912472"],
    ["Corel16k003-test.arff", 2263384, "a757643e13ac155939e820d687daa4422d2cc1cec0c78194c924da5efe0060c4"],
    ["Corel16k003-test3.arff"],
    ["Corel16k003-train.arff"],
    ["Corel16k003.arff"],
    ["Corel16k003.xml", 4647, "a2cf73fd1a43c3bc92551fb0ad06ca611b58e955d20261a0968a0ae92d7d8fdc"],
    ["Corel16k004-test.arff", 2329438, "83ed052417a13709ac15c405ab671b0d9b52ab305fe4fc54c03f1fd737090ac5"],
    ["Corel16k004-test3.arff"],
    ["Corel16k004-train.arff"],
    ["Corel16k004.arff"],
    ["Corel16k004.xml", 4881, "2fb7e4bf5a8ca75e0441cf7463804cbf376b5a62a490cb876721cdbeae2447ad"],
    ["Corel16k005-test.arff", 2315817, "7aa9cde8dce8733203c8687d67fd45e6070243aec732a337ab023ac64acec4db"],
    ["Corel16k005-test3.arff"],
    ["Corel16k005-train.arff"],
    ["Corel16k005.arff"],
    ["Corel16k005.xml", 4832, "c122bf3b8c8430e3182ef37474653e9994e47327a61a6ade3e6c7443f4c6296e"],
    ["Corel16k006-test.arff", 2317532, "712f3647c1ccbb699cce17950772e650bd43f0f13ca3c2f57f4f399848d24776"],
    ["Corel16k006-test3.arff"],
    ["Corel16k006-train.arff"],
    ["Corel16k006.arff"],
    ["Corel16k006.xml", 4891, "546689e07e92c16d48fece0e5e63596669dcc2284e95f4ef6d14ad0af9521598"],
    ["Corel16k007-test.arff", 2372992, "fb032615796a8b0faca00fc87031a85e8f20ad8d6383eeff0753812f548c0da3"],
    ["Corel16k007-test3.arff"],
    ["Corel16k007-train.arff"],
    ["Corel16k007.arff"],
    ["Corel16k007.xml", 5255, "8545987c458dc67d256d42396236e0bb09d096d5dddde46356884cdc61fad4e4"],
    ["Corel16k008-test.arff", 2321156, "a2adf5dbf55996f0b153d9db33b1d64c4dd48b586bdc24108d99f9a42af7c493"],
    ["Corel16k008-test3.arff"],
    ["Corel16k008-train.arff"],
    ["Corel16k008.arff"],
    ["Corel16k008.xml", 5075, "8aed81643bee496c2d70e6ead360a3418d4b8a21e983c8b244bbfc0cfbe0a5b7"],
    ["Corel16k009-test.arff", 2442157, "4fc28359cdbe907f5f13fee1e615f5c5a4bf659d15084fcbcc53c293de21a3ae"],
    ["Corel16k009-test3.arff"],
    ["Corel16k009-train.arff"],
    ["Corel16k009.arff"],
    ["Corel16k009.xml", 5224, "99cca200131de58b7d865b53469bb8980ec047a07c93ddc7b69d9dcfe9a695c8"],
    ["Corel16k010-test.arff", 2285509, "a0134325f0aa059082748e0f93613eb3506f8904474e977a79b64807d6845869"],
    ["Corel16k010-test3.arff"],
    ["Corel16k010-train.arff"],
    ["Corel16k010.arff"],
    ["Corel16k010.xml", 4380, "220f6c0d34439a26bc28b3b96f07a5562f178310554bdb4322223a0d199b0470"],
  ],
  corel5k: [
    ["Corel5k-sparse.arff", 377579, "12c06161d2367f919f6da912089a6c9180c115cfcefa37afacfdeb903930eb7e"],
    ["Corel5k-test-sparse.arff", 60876, "e8f8e9cd052c43ba7bdfdf99d242f461fc8c2a03163466d921e576887b51d8a7"],
    ["Corel5k-test.arff", 895771, "1907f52eb64cac755e24265990c6674ca209ebd868a967d9d0a36ef42e888cac"],
    ["Corel5k-train-sparse.arff", 339535, "19eb253c447144bea74ffa86b4731a56022addae2ba7d0aab72ad07fdc02e9b3"],
    ["Corel5k-train.arff"],
    ["Corel5k.arff"],
    ["Corel5k.xml", 11222, "54ef6a6ccb7ca9b77524052b34b306d5d501661a5609b9d1cc7085b2b597679d"],
  ],
  delicious: [
    ["delicious-test.arff", 757565, "2dfb01723a819914b0ca83361177ed413ce3f2169851d9f228d4692915d63944"],
    ["delicious-train.arff", 3056590, "030186cdb542ebdd32052fcdbb1ebe30115b3a22518c1b4b198c45eb827aebe1"],
    ["delicious.arff", 3773732, "b944de0bca910050c11d97eed57d17b073110ea3646a587f3d15d127cf581aab"],
    ["delicious.xml", 34303, "4e0c0f93c7d86a39b9fca4aaefaa00e9428f2c80277732dfbf03ca48e2c14da2"],
  ],
  emotions: [
    ["emotions-test.arff", 132007, "f13d4b746b7b5c8eb484bd751d6ac463d4560dff998a93516a5c1fe35daf6c8f"],
    ["emotions-train.arff", 252080, "bbe704106c79bb8fb99c1d1d2e9bde081d6a2daeb01f100862f11fd91a3c1f98"],
    ["emotions.arff", 380476, "6f2f790047073d1293ac0872c0d55f2dc98b6177802fc96c6b66b309dfee1e4b"],
    ["emotions.xml", 323, "dbce8e6ccbbb2fcbfd9e9edbb230d7ed12692c6e13f59fdbc0161fa9b6cf2dc0"],
  ],
  enron: [
    ["enron-test.arff", 324140, "2f3aad54a8f54caaab4ab01246fe9dd385ba944a2633028f52747b57eac5474e"],
    ["enron-train.arff", 607799, "2988cefc1cdf7a8004a20ef84615cc8fa1b5d7434c16687283b41454e2d9d194"],
    ["enron.arff", 906705, "d0889ef0576d4e7b5ec0df3b3e4760e476ac11a6e7d7ddeee4c4a34470dedf97"],
    ["enron.xml", 1604, "ed40c92d7f613eed51714912cab10dddc4ce456262137d8fef230d44c7f4457b"],
  ],
  flags: [
    ["flags-test.arff", 4218, "09f6136fae47dcc2f0f491efd6401a11072cbfb0bfbb2666c63b35bb06aeeb16"],
    ["flags-train.arff", 7707, "1861cdab7f8baf1aef6fb6198f304465ddfd99b7f9a435337c604119522df3c5"],
    ["flags.arff", 11281, "d3ed8b5683f1b27e68069aad2c29388bb57d4caa5041b559e646cc3854a0cd1e"],
    ["flags.xml", 304, "7c9ed21a91b716b91f811323e20ee5a260ea2da62a5edcfeb1b91ec855a48f17"],
  ],
  foodtruck: [
    ["foodtruck.arff", 36991, "f69e028cd3427b009a2b3147d78e6c955bc43c9dc1434d23e589a206fa332be3"],
    ["foodtruck.xml", 527, "a018e2a20480ef0c90c588ecc0bc4912f272a091fc26b00482377338e48b0c0d"],
  ],
  genbase: [
    ["genbase-test.arff", 758739, "0e988520bedab39aa3f23f08f646c769bcdb6f9119ee298fd92b37127b226a36"],
    ["genbase-train.arff", 1714007, "37670db2c2b308a1c163d05501819526f1d65d659638ddfb76812d4ce384b5c6"],
    ["genbase.arff", 3238276, "cb23052a49191e36e9a59cd661e97d79bed2e3f2583030a206692b57bf1e3671"],
    ["genbase.xml", 992, "198e8a1d7070e9603119e02e626cedc589db7577339b307b06f5192047b69eb9"],
  ],
  medical: [
    ["medical-test.arff", 99124, "6be472e75a6c0b0916187f343a398011b1b26f8f0ddc682c575312ad3532f6c4"],
    ["medical-train.arff", 69680, "c764f45756ab1c553b8b4eaaf5605a5610a43bbbcf37492d0f1a12bf9c9e2244"],
    ["medical.arff", 129626, "ad0630a9a409ed0023c3bb56a0be7610b635c1ca185c6035e3b198b01167aac4"],
    ["medical.xml", 1818, "51fa9d5c09e48caff3f0a0c75db1c9aa85944f8e35451f3ad8bd56fc422286ce"],
  ],
  scene: [
    ["scene-test.arff", 3090742, "ea38d20296b3ff7e220f477a3b802a9bcb2d768881fe6ee163efbc97ea527a42"],
    ["scene-train.arff", 3127968, "b53ba93bdf412de922e3960389bcee24744fa3e872ce610511fc1d750888b64d"],
    ["scene.arff"],
    ["scene.xml", 285, "55d8b247b949ad5c52e5a73d8c6775ec6e5469ce9682465b45b333b68ee4bcc5"],
  ],
  tmc2007: [
    ["tmc2007-500-test.arff", 1054414, "b24f9c3f1eba77c9da0bbaff093ba41d331b7351be0167a8e1e3852c62e25e38"],
    ["tmc2007-500-train.arff", 3152791, "edfe7b7615c6f80e54c92a214437610d1ae36560c5cc6c4253b51c434d258273"],
    ["tmc2007-500.arff", 4193699, "3ea7e95dd80a78a3e7d521d77c3371bfef888da1d364b5a3bb71c7222ad7f013"],
    ["tmc2007-500.xml", 783, "cb6a67c8ae72fd9b47d89f77aa5b7f6cafb4ba9c20b1124c65a95a3f2caec38d"],
    ["tmc2007-test.arff"],
    ["tmc2007-train.arff"],
    ["tmc2007.arff"],
    ["tmc2007.xml", 783, "cb6a67c8ae72fd9b47d89f77aa5b7f6cafb4ba9c20b1124c65a95a3f2caec38d"],
  ],
  yeast: [
    ["yeast-test.arff", 918515, "4aaac102bff9669a765bf0b378602e5cc8c3b181048282e2f003117b496d552a"],
    ["yeast-train.arff", 1501117, "e759dc991ff54694a4ff9c4314f3be0d6fd2b1994a4b563f57e416394c6aebbd"],
    ["yeast.arff", 2416688, "55c07a3b6ff885ae338fb6987a1d57f55572b29809922c2822c4885c61230dd7"],
    ["yeast.xml", 526, "c3056cc26444b5158b1588d1b73bec9c45429e10f0957ad085903423cb81f247"],
  ],
};
