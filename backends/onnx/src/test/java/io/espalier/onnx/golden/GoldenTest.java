package io.espalier.onnx.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.values.Choice;
import io.espalier.core.values.TracedModel;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that the reference recorded on six models, and where we differ on purpose. */
class GoldenTest {
  private static final double TOLERANCE = 1e-5;

  /** The widths that the reference's concatenated sums are made of. */
  private static final Map<String, List<String>> SEGMENTS =
      Map.of(
          "mix.in_channels", List.of("ba.out_channels", "bb.out_channels"),
          "bn.num_features", List.of("c.out_channels", "d.out_channels", "e.out_channels"));

  static Stream<String> models() {
    return Golden.NAMES.stream();
  }

  static Stream<Arguments> records() {
    return Golden.NAMES.stream()
        .flatMap(name -> Golden.RECORDS.stream().map(record -> Arguments.of(name, record)));
  }

  /**
   * Every recorded hparam is there with its choices, and hparams that share a choice there share it
   * here. A recorded sum of concatenated widths is derived here; its parts are choices of their
   * own, each listed in docs/conformance.md.
   */
  @ParameterizedTest
  @MethodSource("models")
  void choicesAreThoseOfTheReference(String model) throws IOException {
    Golden golden = Golden.of(model);
    SearchSpace space = golden.space();
    JsonNode recorded = golden.json("space");
    Map<Integer, Integer> groups = new HashMap<>();
    Set<String> extras = new TreeSet<>();
    for (JsonNode hparam : recorded.get("hparams")) {
      String name = hparam.get("name").asText();
      Hparam ours = space.hparam(name);
      JsonNode group = recorded.get("groups").get(hparam.get("group").asText());
      assertEquals(Golden.choice(group.get("original")), ours.original(), name);
      Set<Choice> theirs = new LinkedHashSet<>();
      group.get("choices").forEach(choice -> theirs.add(Golden.choice(choice)));
      boolean sum = group.get("class").asText().startsWith("Concat");
      if (ours.isDerived()) {
        assertTrue(sum || theirs.size() == 1, name + " is derived here: " + ours.layout());
        continue;
      }
      Integer known = groups.putIfAbsent(hparam.get("group").asInt(), ours.group());
      assertTrue(
          known == null || known == ours.group(),
          name + " does not share its choice with the same hparams");
      if (!theirs.equals(Set.copyOf(ours.choices()))) {
        assertEquals(1, theirs.size(), name + " has choices " + ours.choices() + ", not " + theirs);
        if (ours.isPrimary()) {
          extras.add(model + ": " + name);
        }
      }
    }
    assertEquals(documentedExtras(model), extras);
  }

  private static Set<String> documentedExtras(String model) throws IOException {
    Path document = Path.of("..", "..", "docs", "conformance.md");
    Set<String> documented = new TreeSet<>();
    for (String line : Files.readAllLines(document)) {
      String prefix = "| `" + model + ": ";
      if (line.startsWith(prefix)) {
        documented.add(line.substring(3, line.indexOf('`', 3)));
      }
    }
    return documented;
  }

  @ParameterizedTest
  @MethodSource("models")
  void importancesAndOrdersAreThoseOfTheReference(String model) throws IOException {
    Golden golden = Golden.of(model);
    SearchSpace space = golden.space();
    space.sortParameters();
    int compared = 0;
    for (JsonNode recorded : golden.json("importance")) {
      if (recorded.get("importance").isNull()) {
        continue;
      }
      String name = recorded.get("hparam").asText();
      double[] theirs = doubles(recorded.get("importance"));
      int[] order = ints(recorded.get("order"));
      int from = 0;
      for (String segment : segments(model, name)) {
        Hparam ours = space.hparam(segment);
        int to = from + ours.order().length;
        assertArrayEquals(
            Arrays.copyOfRange(theirs, from, to),
            ours.importance().orElseThrow(),
            TOLERANCE,
            segment);
        assertArrayEquals(within(order, from, to), ours.order(), segment);
        from = to;
        compared++;
      }
      assertEquals(theirs.length, from, name);
    }
    assertTrue(compared > 0, "nothing was compared");
  }

  private static List<String> segments(String model, String name) {
    return model.equals("concat") ? SEGMENTS.getOrDefault(name, List.of(name)) : List.of(name);
  }

  /** The order of the units from one index to another, counted from the first of them. */
  private static int[] within(int[] order, int from, int to) {
    return Arrays.stream(order).filter(i -> i >= from && i < to).map(i -> i - from).toArray();
  }

  private static double[] doubles(JsonNode list) {
    double[] values = new double[list.size()];
    Arrays.setAll(values, i -> list.get(i).doubleValue());
    return values;
  }

  private static int[] ints(JsonNode list) {
    int[] values = new int[list.size()];
    Arrays.setAll(values, i -> list.get(i).intValue());
    return values;
  }

  @ParameterizedTest
  @MethodSource("records")
  void carvedModelComputesTheRecordedOutput(String model, String record) throws IOException {
    Golden golden = Golden.of(model);
    SearchSpace space = golden.space();
    JsonNode recorded = golden.json(record);
    JsonNode slices = recorded.get("active_slices");
    recorded
        .get("config")
        .properties()
        .forEach(
            entry -> {
              Hparam hparam = space.hparam(entry.getKey());
              if (hparam.isConfigurable()) {
                hparam.setActive(Golden.choice(entry.getValue()));
              }
              if (slices.has(entry.getKey()) && hparam.isPrimary() && hparam.isConfigurable()) {
                hparam.setOrder(order(hparam, ints(slices.get(entry.getKey()))));
              }
            });
    recorded
        .get("config")
        .properties()
        .forEach(
            entry ->
                assertEquals(
                    Golden.choice(entry.getValue()),
                    space.hparam(entry.getKey()).active(),
                    entry.getKey()));
    assertEquals(recorded.get("params").asLong(), space.params());
    assertEquals(recorded.get("macs").asLong(), space.macs());

    float[] output = run(space.export(), golden);
    float[] expected = golden.floats(record + ".output.npy");
    assertArrayEquals(expected, output, (float) TOLERANCE);
  }

  /** An order whose first units are those that were recorded as kept. */
  private static int[] order(Hparam hparam, int[] keptElements) {
    int units = hparam.order().length;
    int elementsPerUnit = hparam.original().number() / units;
    List<Integer> order = new ArrayList<>();
    for (int element : keptElements) {
      if (!order.contains(element / elementsPerUnit)) {
        order.add(element / elementsPerUnit);
      }
    }
    for (int unit = 0; unit < units; unit++) {
      if (!order.contains(unit)) {
        order.add(unit);
      }
    }
    return order.stream().mapToInt(Integer::intValue).toArray();
  }

  static float[] run(TracedModel model, Golden golden) throws IOException {
    try (OnnxSession session =
        OnnxSession.open(((OnnxNetwork) model).model(), SessionSettings.plain())) {
      Tensor input = Tensor.ofFloats(golden.floats("input.npy"), golden.shape("input.npy"));
      return Objects.requireNonNull(
              session
                  .run(Map.of(session.inputSpecs().get(0).name(), input))
                  .values()
                  .iterator()
                  .next())
          .floats();
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void sortingTwiceChangesNothing(String model) throws IOException {
    SearchSpace space = Golden.of(model).space();
    space.sortParameters();
    Map<String, String> once = orders(space);
    space.sortParameters();
    assertEquals(once, orders(space));
  }

  private static Map<String, String> orders(SearchSpace space) {
    Map<String, String> orders = new HashMap<>();
    space
        .namedHparams()
        .forEach((name, hparam) -> orders.put(name, Arrays.toString(hparam.order())));
    return orders;
  }

  @ParameterizedTest
  @MethodSource("models")
  void sortedAtFullWidthComputesTheOriginal(String model) throws IOException {
    Golden golden = Golden.of(model);
    SearchSpace space = golden.space();
    space.sortParameters();
    assertArrayEquals(
        golden.floats("original.output.npy"), run(space.export(), golden), (float) TOLERANCE);
  }
}
