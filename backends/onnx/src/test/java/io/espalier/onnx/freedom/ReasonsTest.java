package io.espalier.onnx.freedom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.FrozenAxis;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.SharedData;
import io.espalier.onnx.build.SampleNetwork;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.fuzz.RandomNetwork;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.Layer;
import io.espalier.trace.Graph;
import io.espalier.trace.SymMap;
import io.espalier.trace.TrialSizes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Every reason why something may not change, of many networks, is one that helps: it names a node
 * of the network, a cause and a remedy, and is not long.
 */
class ReasonsTest {
  private static final int LONGEST = 500;
  private static final int SEEDS = 25;
  private static final List<String> EMPTY_WORDS =
      List.of("a number", "extent here is", "no elements", "no axis of any tensor", "null");
  private static final SearchSpaces SPACES =
      new SearchSpaces(
          Set.of(new OnnxBackend()), DMRegistry.discover(ReasonsTest.class.getClassLoader()));

  private final Set<String> faults = new TreeSet<>();
  private int seen;

  @Test
  void filesOfTheZooAndCases() {
    List<Path> files = new ArrayList<>(SharedData.zoo());
    files.addAll(SharedData.models(SharedData.path("cases")));
    files.forEach(file -> look(OnnxModel.read(file), Rules.everything(), file.toString()));
    check(200);
  }

  @Test
  void networksBuiltInCode() {
    for (SampleNetwork network : SampleNetworks.all()) {
      look(network.model(), Rules.everything(), network.name());
    }
    check(20);
  }

  @Test
  void underRules() {
    Rules rules = Rules.parse("{\"nn.Linear\": {\"*\": {}}, \"nn.LayerNorm\": null}");
    for (SampleNetwork network : SampleNetworks.all()) {
      look(network.model(), rules, network.name());
    }
    check(50);
  }

  @Test
  void randomNetworks() {
    for (int seed = 0; seed < SEEDS; seed++) {
      RandomNetwork network = RandomNetwork.of(seed);
      TrialSizes sizes = network.sized() ? TrialSizes.of(network.shapes()) : TrialSizes.automatic();
      look(SPACES.generate(network.model(), Rules.everything(), sizes), "seed " + seed);
    }
    check(100);
  }

  private void check(int least) {
    assertEquals(Set.of(), faults);
    assertTrue(seen >= least, "only " + seen + " reasons were seen");
  }

  private void look(OnnxModel model, Rules rules, String network) {
    look(SPACES.generate(model, rules, TrialSizes.automatic()), network);
  }

  private void look(SearchSpace space, String network) {
    Set<String> places = places(space.map().orElseThrow());
    places.addAll(space.namedDynamicModules().keySet());
    space.frozen().forEach(axis -> look(axis, places, network));
    for (Hparam hparam : space.namedHparams().values()) {
      hparam.frozenParts().forEach(part -> look(part, places, network));
    }
  }

  private void look(FrozenAxis axis, Set<String> places, String network) {
    seen++;
    String text = axis.reason() + "; " + axis.remedy();
    boolean helps =
        places.contains(axis.node())
            && !axis.cause().isBlank()
            && !axis.remedy().isBlank()
            && text.length() <= LONGEST
            && EMPTY_WORDS.stream().noneMatch(text::contains);
    if (!helps) {
      faults.add(network + ": " + axis);
    }
  }

  /** What a reason may name: nodes, inputs, outputs, and layers, where rules act. */
  private static Set<String> places(SymMap map) {
    Graph graph = map.graph();
    Set<String> places = new HashSet<>();
    graph.nodes().forEach(node -> places.add(node.label()));
    graph.inputs().forEach(id -> places.add(graph.tensor(id).name()));
    graph.outputs().forEach(id -> places.add(graph.tensor(id).name()));
    map.layers().forEach(layer -> add(layer, places));
    return places;
  }

  private static void add(Layer layer, Set<String> places) {
    places.add(layer.name());
    layer.children().forEach(child -> add(child, places));
  }

  @Test
  void aWidthThatIsCutIntoSingleElementsNamesWhatCutsIt() {
    Path file = SharedData.path("cases").resolve("reason_a_number.onnx");
    SearchSpace space =
        SPACES.generate(OnnxModel.read(file), Rules.everything(), TrialSizes.automatic());
    List<FrozenAxis> cut =
        space.frozen().stream().filter(axis -> axis.axis().equals("out_channels")).toList();
    assertFalse(cut.isEmpty());
    for (FrozenAxis axis : cut) {
      boolean last = axis.layer().equals("head");
      assertEquals(last, axis.op().isEmpty(), axis.toString());
      assertTrue(last || axis.cause().contains("one element"), axis.toString());
    }
  }

  @Test
  void aFixedPartOfAWidthSaysWhatFixedIt() {
    Path file = SharedData.path("cases").resolve("heads_by_list.onnx");
    SearchSpace space = SPACES.generate(OnnxModel.read(file), Rules.everything());
    List<FrozenAxis> parts = space.namedHparams().get("q.out_features").frozenParts();
    assertEquals(1, parts.size());
    assertFalse(parts.get(0).op().isEmpty());
    assertEquals(List.of(), space.namedHparams().get("p.in_features").frozenParts());
  }

  @Test
  void rulesThatHoldAWidthElsewhereAreNamed() {
    OnnxModel model = SampleNetworks.thinResnet();
    SearchSpace space = SPACES.generate(model, Rules.parse("{\"nn.BatchNorm2d\": {}}"));
    List<FrozenAxis> norms =
        space.frozen().stream().filter(axis -> axis.layer().contains("bn")).toList();
    assertFalse(norms.isEmpty());
    for (FrozenAxis norm : norms) {
      assertTrue(
          norm.cause().startsWith("the rules leave nn.Conv2d out at " + norm.node()),
          norm.toString());
      assertFalse(norm.node().equals(norm.layer()));
    }
  }
}
