/** The two tokenisers that we bundle; natural's own types are those of the whole package. */
declare module 'natural/lib/natural/tokenizers/sentence_tokenizer.js' {
  export default class SentenceTokenizer {
    constructor(abbreviations: readonly string[], trimSentences?: boolean);
    tokenize(text: string): string[];
  }
}

declare module 'natural/lib/natural/tokenizers/treebank_word_tokenizer.js' {
  export default class TreebankWordTokenizer {
    tokenize(text: string): string[];
  }
}
