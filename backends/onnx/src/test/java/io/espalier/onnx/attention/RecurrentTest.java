package io.espalier.onnx.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.core.SearchSpace;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.build.SampleNetworks;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Hidden widths of recurrent layers, and the states they start from. */
class RecurrentTest {
  private static final int CONFIGS = 8;

  /** Two recurrent layers of 6 units over x [4, N, 3], and a linear layer. */
  private static OnnxGraphBuilder stack(
      String op, int gates, String firstState, String secondState) {
    OnnxGraphBuilder b = new OnnxGraphBuilder("recurrent", 17, 4);
    String x = b.input("x", 4, "N", 3);
    String shape = b.node("Shape", "shape", List.of(x));
    String batch = b.node("Gather", "batch", List.of(shape, b.longs("one", new long[] {1}, 1)));
    String count = b.longs("count", new long[] {1}, 1);
    String width = b.longs("width", new long[] {6}, 1);
    String sizes = b.node("Concat", "sizes", List.of(count, batch, width), Map.of("axis", 0));
    String zeros = b.node("ConstantOfShape", "zeros", List.of(sizes));
    String given = b.node("Expand", "given", List.of(b.random("start", 0, 1, 1, 1, 6), sizes));
    Map<String, String> states = Map.of("zeros", zeros, "given", given);
    String y = layer(b, op, gates, "first", x, 3, states.getOrDefault(firstState, ""));
    y = layer(b, op, gates, "second", y, 6, states.getOrDefault(secondState, ""));
    return b.output("y", b.node("MatMul", "head", List.of(y, b.weights("head.weight", 6, 5))));
  }

  private static String layer(
      OnnxGraphBuilder b, String op, int gates, String name, String x, int in, String state) {
    String w = b.weights(name + ".W", 1, gates * 6L, in);
    String r = b.weights(name + ".R", 1, gates * 6L, 6);
    String bias = b.random(name + ".B", 0, 1, 1, 2L * gates * 6);
    List<String> inputs =
        op.equals("LSTM")
            ? List.of(x, w, r, bias, "", state, state)
            : List.of(x, w, r, bias, "", state);
    String y = b.nodes(op, name, inputs, Map.of("hidden_size", 6), 1).get(0);
    return b.node(
        "Squeeze", name + "_squeeze", List.of(y, b.longs(name + "_axis", new long[] {1}, 1)));
  }

  @Test
  void statesOfZerosDoNotTieTheLayersOfAStack() {
    Subject subject = Subject.of(stack("LSTM", 4, "zeros", "zeros"));

    assertEquals(List.of("first.hidden_size", "second.hidden_size"), subject.widths());
    assertEquals("first.hidden_size(6)", subject.layout("second.input_size"));
    subject.proves(CONFIGS, Map.of()).noticesWrongCuts();
  }

  @Test
  void otherStatesDo() {
    Subject subject = Subject.of(stack("LSTM", 4, "given", "given"));

    assertEquals(List.of("first.hidden_size"), subject.widths());
    subject.proves(CONFIGS, Map.of()).noticesWrongCuts();
  }

  @Test
  void gatedUnitsAndPlainOnes() {
    for (String op : List.of("GRU", "RNN")) {
      Subject subject = Subject.of(stack(op, op.equals("GRU") ? 3 : 1, "zeros", "given"));

      assertEquals(List.of("first.hidden_size", "second.hidden_size"), subject.widths());
      subject.proves(CONFIGS, Map.of());
    }
  }

  @Test
  void twoDirectionsAndAnEmbedding() {
    Subject subject = Subject.of(SampleNetworks.lstmTagger());

    assertEquals(
        List.of("embedding.embedding_dim", "encoder.hidden_size", "decoder.hidden_size"),
        subject.widths());
    subject.proves(CONFIGS, Map.of("ids", List.of(2L, 9L))).noticesWrongCuts();
  }

  @Test
  void rulesNameEachKind() {
    SearchSpace space =
        Subject.under(
            SampleNetworks.lstmTagger(),
            "{\"nn.LSTM\": {\"features_ratio\": [0.5]}, \"nn.Linear\": {}}");

    assertEquals(
        List.of("encoder.hidden_size", "decoder.hidden_size"),
        List.copyOf(space.configurableHparams().keySet()));
    assertEquals("[16, 32]", space.hparam("encoder.hidden_size").choices().toString());
    assertEquals("[24]", space.hparam("encoder.input_size").choices().toString());
  }
}
