package io.espalier.text;

import io.espalier.core.data.Batch;
import io.espalier.core.data.DataException;
import io.espalier.core.data.Samples;
import io.espalier.core.data.ScoredPair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Texts that are turned into tokens when they are read. Longer ones come first, so that a batch
 * holds texts of about one length, and the first batches are those that take most memory.
 */
final class TextSamples implements Samples {
  /**
   * Where a mask tells what fills up, texts are put together whose lengths are in one step of this.
   */
  private static final int STEP = 8;

  private final String location;
  private final TextLines lines;
  private final TextInputs inputs;
  private final LineTokenizer tokenizer;

  /** A text that was asked for. */
  private record Text(int sample, LineTokenizer.Tokens tokens) {
    int length() {
      return tokens.length();
    }
  }

  TextSamples(String location, TextLines lines, TextInputs inputs, LineTokenizer tokenizer) {
    this.location = location;
    this.lines = lines;
    this.inputs = inputs;
    this.tokenizer = tokenizer;
  }

  @Override
  public int count() {
    return lines.texts().size();
  }

  @Override
  public String describe(int sample) {
    return "line " + lines.numbers().get(sample);
  }

  @Override
  public List<ScoredPair> pairs() {
    return lines.pairs();
  }

  @Override
  public List<Integer> keptIds() {
    return tokenizer.specials();
  }

  @Override
  public Batches read(int[] samples, int size) {
    Comparator<Text> longestFirst = Comparator.comparingInt(Text::length).reversed();
    List<Text> texts =
        IntStream.of(samples).mapToObj(this::text).sorted(longestFirst).toList(); // a stable order
    Iterator<List<Text>> batches = together(texts, size).iterator();
    return new Batches() {
      @Override
      public Optional<Batch> next() {
        return batches.hasNext() ? Optional.of(batch(batches.next())) : Optional.empty();
      }

      @Override
      public void close() {}
    };
  }

  private Text text(int sample) {
    LineTokenizer.Tokens tokens = tokenizer.tokens(lines.texts().get(sample));
    if (tokens.length() == 0) {
      throw new DataException(
          location
              + ", "
              + describe(sample)
              + " has no tokens; take it away or check the tokenizer");
    }
    return new Text(sample, tokens);
  }

  private List<List<Text>> together(List<Text> texts, int size) {
    List<List<Text>> batches = new ArrayList<>();
    List<Text> last = List.of();
    for (Text text : texts) {
      if (last.isEmpty() || last.size() == size || step(last.get(0)) != step(text)) {
        last = new ArrayList<>();
        batches.add(last);
      }
      last.add(text);
    }
    return batches;
  }

  /** Texts of one step stand in one batch. */
  private int step(Text text) {
    if (inputs.length() > 0 || (inputs.hasMask() && inputs.batch() > 1)) {
      return 0; // of a length that is given, or as many as the network insists on
    }
    return inputs.hasMask() ? (text.length() + STEP - 1) / STEP : text.length();
  }

  private Batch batch(List<Text> texts) {
    int width = inputs.length() > 0 ? inputs.length() : texts.get(0).length();
    return new Batch(
        texts.stream().mapToInt(Text::sample).toArray(),
        inputs.arrays(texts.stream().map(Text::tokens).toList(), width, tokenizer.filler()));
  }
}
