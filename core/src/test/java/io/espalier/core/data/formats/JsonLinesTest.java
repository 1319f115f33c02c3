package io.espalier.core.data.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.core.data.Batch;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A JSON object a line. */
class JsonLinesTest {
  private static final InputSpec IDS = InputSpec.of("ids", ElementType.INT64, -1L, -1L);
  private static final InputSpec SCALE = InputSpec.of("scale", ElementType.FLOAT32, -1L, 1L);

  @TempDir private Path dir = Path.of("");

  private Path write(String text) throws IOException {
    return Files.writeString(dir.resolve("d.jsonl"), text.replace('\'', '"'));
  }

  @Test
  void samplesOfOneShapeGoTogether() throws IOException {
    Path file =
        write(
            """
            \uFEFF{'ids': [1, 2], 'scale': 0.5, 'note': {'a': [1]}}\r
            {'scale': [1], 'ids': [3, 4]}

            {'ids': [5, 6, 7], 'scale': [-2e-3]}
            {'ids': [8, 9, 10], 'scale': true}\
            """);
    Samples samples = Made.open(Made.request(file, IDS, SCALE));
    assertEquals(4, samples.count());
    assertEquals("line 4", samples.describe(2));
    List<Batch> batches = Made.batches(samples, new int[] {0, 1, 2, 3}, 3);
    assertEquals(2, batches.size());
    assertArrayEquals(new int[] {0, 1}, batches.get(0).samples());
    assertArrayEquals(new double[] {1, 2, 3, 4}, Made.numbers(batches.get(0).array("ids")));
    assertArrayEquals(new double[] {0.5, 1}, Made.numbers(batches.get(0).array("scale")));
    assertArrayEquals(new int[] {2, 3}, batches.get(1).samples());
    assertArrayEquals(new long[] {2, 3}, batches.get(1).array("ids").shape());
    List<Batch> last = Made.batches(samples, new int[] {1, 3}, 1);
    assertArrayEquals(new double[] {8, 9, 10}, Made.numbers(last.get(1).array("ids")));
  }

  @Test
  void nestedLists() throws IOException {
    Path file = write("{'x': [[1, 2, 3], [4, 5, 6]]}\n{'x': [[[1, 2, 3], [4, 5, 7]]]}\n");
    InputSpec input = Made.input(ElementType.FLOAT32, -1L, 2L, 3L);
    assertEquals(7, Made.read(Made.request(file, input)).number(11));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[] | is no JSON object",
        "{'ids': [1, 2], | is not JSON",
        "{'ids': [1 | is not JSON",
        "{'ids': [1, 2]} x | is not JSON",
        "{'ids': [1, 2]} {} | goes on behind its object",
        "{'ids': [1, 2], 'ids': [1, 2]} | Duplicate",
        "{'id': [1, 2]} | has no 'ids'",
        "{'ids': []} | an empty list",
        "{'ids': null} | is null, and must be a number",
        "{'ids': [1, 'a']} | element [1] is a, and must be a number",
        "{'ids': {'a': 1}} | must be a number or a list",
        "{'ids': [1, 2.5]} | element [1] is 2.5, which input 'ids' of int64 cannot hold",
        "{'ids': [1, 9223372036854775808]} | element [1] is 9223372036854775808",
        "{'ids': [[1, 2], [3]]} | of another length",
        "{'ids': [[1, 2], 3]} | of another length",
        "{'ids': [1, [2]]} | of another length",
        "{'ids': [[1, 2], [3, 4]]} | samples of shape [2, 2]",
        "{'ids': [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]} | deeper",
        "{'ids': [NaN]} | is not JSON",
      })
  void linesThatAreWrong(String line, String words) throws IOException {
    Path file = write("{'ids': [1, 2]}\n" + line.strip() + "\n");
    Made.assertRefused(Made.request(file, IDS), "d.jsonl, line 2", words.strip());
  }

  @Test
  void numbersThatBecomeInfinite() throws IOException {
    Path file = write("{'x': [1e999]}");
    Made.assertRefused(
        Made.request(file, Made.input(ElementType.FLOAT32, -1L, 1L)), "line 1", "1e999");
  }

  @Test
  void filesWithoutSamples() throws IOException {
    Made.assertRefused(Made.request(write(" \n\n"), IDS), "no samples");
  }
}
