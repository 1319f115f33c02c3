package io.espalier.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.spi.PluginException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is asked of a source of data, whoever wrote it. */
class DataSourcesTest {
  private static final InputSpec X = InputSpec.of("x", ElementType.FLOAT32, -1L, 2L);

  /** A source that gives these batches. */
  private record Fake(int count, List<Batch> batches) implements DataSource, Samples {
    @Override
    public String name() {
      return "fake";
    }

    @Override
    public String reads() {
      return "a fake";
    }

    @Override
    public boolean accepts(String location) {
      return location.equals("fake");
    }

    @Override
    public Samples open(DataRequest request) {
      return this;
    }

    @Override
    public Batches read(int[] samples, int size) {
      Iterator<Batch> all = batches.iterator();
      return new Batches() {
        @Override
        public Optional<Batch> next() {
          return all.hasNext() ? Optional.of(all.next()) : Optional.empty();
        }

        @Override
        public void close() {}
      };
    }
  }

  private static Batch batch(int[] samples, DataArray array) {
    return new Batch(samples, Map.of("x", array));
  }

  private static DataArray floats(int rows, float... values) {
    return DataArray.ofFloats(ElementType.FLOAT32, values, rows, values.length / rows);
  }

  private static void readAll(int count, Batch... batches) {
    Samples samples =
        DataSources.of(List.of(new Fake(count, List.of(batches))))
            .open(DataRequest.of("fake", List.of(X)));
    try (Samples.Batches all = samples.read(SampleDraw.all(count), 2)) {
      while (all.next().isPresent()) {
        // what is read is checked
      }
    }
  }

  private static void assertRefused(String words, int count, Batch... batches) {
    String message = assertThrows(DataException.class, () -> readAll(count, batches)).toString();
    assertTrue(message.contains(words), message);
    assertTrue(message.contains(": fake"), message);
  }

  @Test
  void batchesInAnyOrderPass() {
    readAll(
        3, batch(new int[] {2}, floats(1, 1, 2)), batch(new int[] {0, 1}, floats(2, 1, 2, 3, 4)));
  }

  @Test
  void batchesThatAreWrongAreRefused() {
    Batch good = batch(new int[] {0}, floats(1, 1, 2));
    assertRefused("it gave no sample 1", 2, good);
    assertRefused("0 as a sample, which was not due", 2, good, good);
    assertRefused("a batch of 3", 3, batch(new int[] {0, 1, 2}, floats(3, 1, 2, 3, 4, 5, 6)));
    assertRefused("float32[1, 3]", 1, batch(new int[] {0}, floats(1, 1, 2, 3)));
    assertRefused("float32[2, 2]", 1, batch(new int[] {0}, floats(2, 1, 2, 3, 4)));
    DataArray longs = DataArray.ofLongs(ElementType.INT64, new long[] {1, 2}, 1, 2);
    assertRefused("int64[1, 2]", 1, batch(new int[] {0}, longs));
    assertRefused("[y]", 1, new Batch(new int[] {0}, Map.of("y", floats(1, 1, 2))));
    assertRefused(
        "sample 1, element [1] is NaN", 2, batch(new int[] {0, 1}, floats(2, 1, 2, 3, Float.NaN)));
    assertRefused("holds no samples", 0);
  }

  @Test
  void idsThatNoRowOfATableHas() {
    InputSpec ids =
        new InputSpec("x", ElementType.INT64, List.of(-1L, 2L), List.of(1L, 2L), new Draw.Ids(5));
    for (long[] values : new long[][] {{0, 4, -5, 3}, {0, 1, 2, 5}, {0, 1, -6, 5}}) {
      Batch batch = batch(new int[] {0, 1}, DataArray.ofLongs(ElementType.INT64, values, 2, 2));
      DataRequest request = DataRequest.of("fake", List.of(ids));
      Samples samples = DataSources.of(List.of(new Fake(2, List.of(batch)))).open(request);
      try (Samples.Batches all = samples.read(new int[] {0, 1}, 2)) {
        if (values[3] == 3) {
          assertTrue(all.next().isPresent());
          continue;
        }
        String message = assertThrows(DataException.class, all::next).toString();
        String element = values[2] == 2 ? "[1] is 5" : "[0] is -6";
        assertTrue(
            message.contains("fake, sample 1, element " + element + ", and every element must be")
                && message.contains("an id from 0 to 4"),
            message);
      }
    }
  }

  @Test
  void oneThatThrowsIsNamed() {
    DataSource throwing =
        new DataSource() {
          @Override
          public String name() {
            return "throwing";
          }

          @Override
          public String reads() {
            return "anything";
          }

          @Override
          public boolean accepts(String location) {
            return true;
          }

          @Override
          public Samples open(DataRequest request) {
            throw new IllegalStateException("not today");
          }
        };
    DataRequest request = DataRequest.of("fake", List.of(X));
    String message =
        assertThrows(PluginException.class, () -> DataSources.of(List.of(throwing)).open(request))
            .toString();
    assertTrue(message.contains("DataSourcesTest"), message);
    assertTrue(message.endsWith("failed on fake: IllegalStateException: not today"), message);

    DataSources two = DataSources.of(List.of(throwing, new Fake(1, List.of())));
    message = assertThrows(DataException.class, () -> two.open(request)).toString();
    assertTrue(message.contains(" and by io.espalier.core.data.DataSourcesTest$Fake"), message);
  }

  @Test
  void dataThatNoSourceKnows() {
    DataSources sources = DataSources.discover(DataSources.class.getClassLoader());
    DataRequest nowhere = DataRequest.of("nowhere.xyz", List.of(X));
    assertEquals(
        "there are no data at nowhere.xyz; give a .jsonl file, a .npy file, a .npz file, a folder"
            + " of images, an IDX file, the word random",
        assertThrows(DataException.class, () -> sources.open(nowhere)).getMessage());
    DataRequest pom = DataRequest.of("pom.xml", List.of(X));
    assertTrue(
        assertThrows(DataException.class, () -> sources.open(pom))
            .toString()
            .contains(": pom.xml is of no format that is known; give "));
    InputSpec rate = InputSpec.of("rate", ElementType.INT64);
    DataRequest scalar = DataRequest.of("random", List.of(X, rate));
    String message = assertThrows(DataException.class, () -> sources.open(scalar)).toString();
    assertTrue(message.contains("--input rate=value:1"), message);
  }

  @Test
  void optionsOfAllSources() {
    assertEquals(
        List.of("image-mean", "image-order", "image-scale", "image-size", "image-std"),
        DataSources.discover(DataSources.class.getClassLoader()).options().stream()
            .map(DataOption::name)
            .toList());
    assertThrows(IllegalArgumentException.class, () -> new DataOption("--x", "X", "What x is."));
  }
}
