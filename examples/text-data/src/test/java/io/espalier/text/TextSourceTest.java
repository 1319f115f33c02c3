package io.espalier.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.DataException;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSources;
import io.espalier.core.data.Draw;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.core.data.ScoredPair;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text becomes what the inputs of a model are. */
class TextSourceTest {
  private static final Long OPEN = -1L;
  private static final InputSpec IDS = input("input_ids", OPEN, OPEN);
  private static final InputSpec MASK = input("attention_mask", OPEN, OPEN);
  private static final InputSpec TYPES = input("token_type_ids", OPEN, OPEN);

  @TempDir private Path dir = Path.of("");
  private Path tokenizer = Path.of("");

  private static InputSpec input(String name, Long... shape) {
    return InputSpec.of(name, ElementType.INT64, shape);
  }

  @BeforeEach
  void tokenizer() throws IOException {
    tokenizer = SmallTokenizer.save(dir.resolve("tokenizer.json"));
  }

  private Path text(String text) throws IOException {
    return Files.writeString(dir.resolve("t.txt"), text);
  }

  private DataRequest request(Path file, InputSpec... inputs) {
    return DataRequest.of(file.toString(), List.of(inputs)).with("tokenizer", tokenizer.toString());
  }

  private static Samples open(DataRequest request) {
    return DataSources.discover(TextSource.class.getClassLoader()).open(request);
  }

  private static List<Batch> read(Samples samples, int size) {
    List<Batch> read = new ArrayList<>();
    try (Samples.Batches batches = samples.read(SampleDraw.all(samples.count()), size)) {
      for (Optional<Batch> next = batches.next(); next.isPresent(); next = batches.next()) {
        read.add(next.get());
      }
    }
    return read;
  }

  private static void assertArray(Batch batch, String input, long[]... rows) {
    DataArray array = batch.array(input);
    long[] values = Arrays.stream(rows).flatMapToLong(Arrays::stream).toArray();
    assertArrayEquals(new long[] {rows.length, rows[0].length}, array.shape(), input);
    for (int i = 0; i < values.length; i++) {
      assertEquals(values[i], (long) array.number(i), input + " " + i);
    }
  }

  private static void assertRefused(DataRequest request, String... words) {
    DataException e = assertThrows(DataException.class, () -> read(open(request), 8));
    String message = String.valueOf(e.getMessage());
    for (String word : words) {
      assertTrue(message.contains(word), message);
    }
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void aBatchHoldsTextsOfAboutOneLengthFilledUpBehindTheMask() throws IOException {
    Path file = text("\uFEFFThe cat\r\n\n  \nA dog runs, running.\n");
    Samples samples = open(request(file, IDS, MASK, TYPES));
    assertEquals(2, samples.count());
    assertEquals("line 1", samples.describe(0));
    assertEquals("line 4", samples.describe(1));
    assertEquals(List.of(), samples.pairs());
    Batch one = read(open(request(text("the cat\na dog runs\n"), IDS, MASK, TYPES)), 8).get(0);
    assertArrayEquals(new int[] {1, 0}, one.samples());
    assertArray(one, "input_ids", new long[] {2, 4, 7, 8, 9, 3}, new long[] {2, 5, 6, 3, 0, 0});
    assertArray(
        one, "attention_mask", new long[] {1, 1, 1, 1, 1, 1}, new long[] {1, 1, 1, 1, 0, 0});
    assertArray(one, "token_type_ids", new long[6], new long[6]);
  }

  @Test
  void withoutAMaskNothingIsFilledUp() throws IOException {
    Path file = SmallTokenizer.texts(dir.resolve("d.txt"), 200, 1);
    for (Batch batch : read(open(request(file, IDS)), 16)) {
      DataArray ids = batch.array("input_ids");
      for (int i = 0; i < ids.size(); i++) {
        assertTrue(ids.number(i) != 0, "filled up");
      }
    }
    int width = 0;
    for (Batch batch : read(open(request(file, IDS, MASK)), 16)) {
      int own = (int) batch.array("input_ids").shape()[1];
      assertTrue(width == 0 || own <= width, "longest first");
      width = own;
    }
  }

  @Test
  void inputsAreKnownByTheNamesThatExportersGive() throws IOException {
    Path file = text("the cat\n");
    InputSpec ids = InputSpec.of("serving_default_input_word_ids:0", ElementType.INT32, 1L, 6L);
    InputSpec mask = InputSpec.of("inputMask", ElementType.FLOAT32, 1L, 6L);
    InputSpec types = InputSpec.of("segment_ids", ElementType.INT32, OPEN, 6L);
    InputSpec places = InputSpec.of("position_ids", ElementType.INT64, OPEN, OPEN);
    Batch batch = read(open(request(file, ids, mask, types, places)), 1).get(0);
    assertArray(batch, ids.name(), new long[] {2, 5, 6, 3, 0, 0});
    assertArray(batch, mask.name(), new long[] {1, 1, 1, 1, 0, 0});
    assertArray(batch, types.name(), new long[6]);
    assertArray(batch, places.name(), new long[] {0, 1, 2, 3, 4, 5});
    assertEquals(ElementType.INT32, batch.array(ids.name()).type());
    InputSpec rows =
        new InputSpec("x", ElementType.INT64, List.of(-1L, -1L), List.of(1L, 8L), new Draw.Ids(24));
    assertArray(read(open(request(file, rows)), 1).get(0), "x", new long[] {2, 5, 6, 3});
  }

  @Test
  void linesThatAreTooLongAreCutOff() throws IOException {
    Path file = text("the cat and the dog sit under a tree\n");
    assertEquals(11, width(request(file, IDS)));
    assertEquals(5, width(request(file, IDS).with("max-tokens", "5")));
    assertEquals(7, width(request(file, input("input_ids", OPEN, 7L), input("mask", OPEN, OPEN))));
    String six = "\"max_length\": 6, \"strategy\": \"LongestFirst\", \"stride\": 0";
    String twenty = "\"strategy\": {\"Fixed\": 20}, \"pad_to_multiple_of\": null, \"pad_id\": 0";
    SmallTokenizer.save(
        tokenizer,
        "\"truncation\": {\"direction\": \"Right\", %s}, \"padding\": {\"direction\": \"Right\", %s,"
                .formatted(six, twenty)
            + " \"pad_type_id\": 0, \"pad_token\": \"[PAD]\"}");
    assertEquals(6, width(request(file, IDS)));
    assertArray(
        read(open(request(file, IDS)), 1).get(0), "input_ids", new long[] {2, 5, 6, 19, 5, 3});
    assertEquals(9, width(request(file, IDS).with("max-tokens", "9")));
    assertEquals(4, width(request(text("the cat\n"), IDS)), "its padding counts for nothing");
  }

  private static int width(DataRequest request) {
    return (int) read(open(request), 1).get(0).arrays().values().iterator().next().shape()[1];
  }

  @Test
  void pairsAreTwoTextsWithAScore() throws IOException {
    Path file =
        Files.writeString(
            dir.resolve("p.tsv"), "one\tother\tscore\nthe cat\ta cat\t0.9\n\nred\tgreen\t2\n");
    Samples samples = open(request(file, IDS, MASK));
    assertEquals(4, samples.count());
    assertEquals(List.of(new ScoredPair(0, 1, 0.9), new ScoredPair(2, 3, 2)), samples.pairs());
    assertEquals("line 4", samples.describe(3));
    assertEquals(4, read(samples, 3).stream().mapToInt(Batch::size).sum());
    Files.writeString(file, "the cat\ta cat\t0.9\nred\tgreen\n");
    assertRefused(request(file, IDS), "p.tsv, line 2 is no sentence, sentence and score");
    Files.writeString(file, "one\tother\tscore\n");
    assertRefused(request(file, IDS), "holds no text");
  }

  @Test
  void whatCannotBeReadIsRefusedInASentence() throws IOException {
    Path file = text("the cat\n");
    DataRequest plain = DataRequest.of(file.toString(), List.of(IDS));
    assertRefused(plain, "t.txt is text; give the tokenizer.json of the model by --tokenizer");
    assertRefused(plain.with("tokenizer", "none.json"), "there is no file none.json");
    assertRefused(plain.with("tokenizer", dir.toString()), "there is no file");
    Path broken = Files.writeString(dir.resolve("broken.json"), "{\"version\": \"1.0\", \"model\"");
    assertRefused(plain.with("tokenizer", broken.toString()), "broken.json describes no tokenizer");
    Path other = Files.writeString(dir.resolve("other.json"), "{\"hidden_size\": 384}");
    assertRefused(plain.with("tokenizer", other.toString()), "other.json describes no tokenizer");
    for (String length : List.of("0", "-3", "many", "1e3")) {
      assertRefused(request(file, IDS).with("max-tokens", length), "--max-tokens is", length);
    }
    assertRefused(request(text(" \n\n"), IDS), "t.txt holds no text");
    assertRefused(request(dir.resolve("none.txt"), IDS), "there is no file");
    Files.write(file, "caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    assertRefused(request(file, IDS), "line 1 or near it is no UTF-8");
  }

  @Test
  void modelsThatReadNoTextAreRefused() throws IOException {
    Path file = text("the cat\n");
    InputSpec pixels = InputSpec.of("pixels", ElementType.FLOAT32, OPEN, 3L, 8L, 8L);
    assertRefused(request(file, pixels), "reads 'pixels' of float32[?, 3, 8, 8], which no text");
    assertRefused(request(file, IDS, pixels), "reads 'pixels'");
    assertRefused(request(file, MASK), "reads 'attention_mask'", "input_ids");
    assertRefused(
        request(file, InputSpec.of("input_ids", ElementType.FLOAT32, OPEN, OPEN)), "'input_ids'");
    assertRefused(request(file, input("input_ids", OPEN, OPEN, OPEN)), "'input_ids'");
    assertRefused(request(file, IDS, input("ids", OPEN, OPEN)), "reads input_ids twice");
    assertRefused(request(file, input("input_ids", OPEN, 9L)), "no attention_mask");
    assertRefused(
        request(file, input("input_ids", OPEN, 9L), input("mask", OPEN, 8L)), "of one length");
    InputSpec few =
        new InputSpec(
            "input_ids", ElementType.INT64, List.of(-1L, -1L), List.of(1L, 8L), new Draw.Ids(6));
    assertRefused(request(file, few), "line 1", "an id from 0 to 5");
  }

  @Test
  void theBuiltInFormatsAreStillThere() {
    DataSources sources = DataSources.discover(TextSource.class.getClassLoader());
    List<String> options = sources.options().stream().map(option -> option.name()).toList();
    assertTrue(options.containsAll(Set.of("tokenizer", "max-tokens", "image-size")), "" + options);
  }
}
