package io.espalier.onnx.space;

import static io.espalier.onnx.space.Tiny.list;
import static io.espalier.onnx.space.Tiny.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.onnx.SharedData;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A weight is one weight, however it is read: it is cut alike, written once, and counted as the
 * file holds it. Every network here is proved against its masked reference, with a control.
 */
class OneWeightTest {
  /** The floating-point numbers that a file holds in tensors that have axes. */
  private static long held(OnnxModel model) {
    long sum = 0;
    for (OnnxTensor tensor : model.initializers().values()) {
      if (tensor.rank() > 0 && DataTypes.isFloating(tensor.dataType())) {
        sum += tensor.elementCount();
      }
    }
    return sum;
  }

  /** Proves the network's cuts, and that what is counted is what files hold, none larger. */
  private static SearchSpace check(OnnxModel model) {
    SearchSpace space = Cuts.prove(model);
    Random random = new Random(3);
    space.sample(Samplers.max());
    assertEquals(held(model), space.params(), "the original");
    for (int i = 0; i < 6; i++) {
      space.sample(i == 0 ? Samplers.min() : Samplers.random(random));
      OnnxModel carved = Cuts.export(space);
      assertEquals(held(carved), space.params(), () -> "at " + space.configurableConfig());
      assertTrue(held(carved) <= held(model));
    }
    return space;
  }

  private static long symbols(SearchSpace space, String name) {
    return space.configurableHparams().keySet().stream()
        .filter(hparam -> hparam.endsWith(name))
        .count();
  }

  private static String heads(Tiny t, String rows, String weight, long[] order) {
    String projected = t.op("MatMul", rows, weight);
    String split = t.op("Reshape", projected, t.ints(0, 0, 4, 6));
    return t.op("Transpose", with("perm", order), split);
  }

  @Test
  void aLayerWithHeadsThatRunsThreeTimes() {
    Tiny t = new Tiny(17);
    String x = t.b.input("tokens", "N", 5, 10);
    String q = t.b.weights("q", 24, 24);
    String k = t.b.weights("k", 24, 24);
    String v = t.b.weights("v", 24, 24);
    String o = t.b.weights("o", 24, 24);
    String up = t.b.weights("up", 24, 40);
    String down = t.b.weights("down", 40, 24);
    String h = t.op("MatMul", x, t.b.weights("stem", 10, 24));
    for (int run = 0; run < 3; run++) {
      String scores =
          t.op("MatMul", heads(t, h, q, list(0, 2, 1, 3)), heads(t, h, k, list(0, 2, 3, 1)));
      String read =
          t.op(
              "MatMul",
              t.op("Softmax", with("axis", -1L), scores),
              heads(t, h, v, list(0, 2, 1, 3)));
      String merged =
          t.op(
              "Reshape", t.op("Transpose", with("perm", list(0, 2, 1, 3)), read), t.ints(0, 0, 24));
      h = t.op("Add", h, t.op("MatMul", merged, o));
      h = t.op("Add", h, t.op("MatMul", t.op("Tanh", t.op("MatMul", h, up)), down));
    }
    SearchSpace space = check(t.model(t.op("MatMul", h, t.b.weights("last", 24, 3)), "N", 5, 3));

    assertEquals(1, symbols(space, "num_heads"), () -> space.namedHparams().toString());
  }

  @Test
  void aHeadWithGroupNormsThatFiveLevelsShare() {
    Tiny t = new Tiny(17);
    String x = t.image();
    String weight = t.b.weights("tower.weight", 8, 8, 3, 3);
    String scale = t.b.random("tower.scale", 1, 0.3, 8, 1, 1);
    String bias = t.b.random("tower.bias", 0, 0.3, 8, 1, 1);
    String ones = t.b.floats("ones", new float[] {1, 1, 1, 1}, 4);
    String zeros = t.b.floats("zeros", new float[4], 4);
    List<String> levels = new ArrayList<>();
    for (int level = 0; level < 5; level++) {
      String in = t.op("Tanh", t.conv("level" + level, x, 8, 3));
      String y = t.op("Conv", with("pads", list(1, 1, 1, 1)), in, weight);
      String groups = t.op("Reshape", y, t.ints(0, 4, -1));
      String norm = t.op("InstanceNormalization", groups, ones, zeros);
      String back = t.op("Reshape", norm, t.ints(-1, 8, 8, 8));
      String shifted = t.op("Add", t.op("Mul", back, scale), bias);
      levels.add(t.conv("out" + level, t.op("Relu", shifted), 2, 8));
    }
    SearchSpace space =
        check(
            t.model(
                t.op("Concat", with("axis", 1L), levels.toArray(String[]::new)), "N", 10, 8, 8));

    assertTrue(symbols(space, "") > 0);
  }

  @Test
  void aTableThatIsReadByRowsAndTransposed() {
    Tiny t = new Tiny(17);
    String ids = t.b.typedInput("ids", DataTypes.INT64, "N", 7);
    String table = t.b.weights("table", 20, 12);
    String rows = t.op("Gather", table, ids);
    String h =
        t.op("Add", rows, t.linear("inner", t.op("Tanh", t.linear("outer", rows, 12, 16)), 16, 12));
    String turned = t.op("Transpose", with("perm", list(1, 0)), table);
    SearchSpace space = check(t.model(t.op("MatMul", h, turned), "N", 7, 20));

    assertEquals(1, symbols(space, "embedding_dim"), () -> space.namedHparams().toString());
    assertEquals(0, symbols(space, "MatMul8.in_features"), "is the same choice");
  }

  @Test
  void aWeightAndItsNorm() {
    Tiny t = new Tiny(17);
    String x = t.op("Tanh", t.conv("first", t.image(), 8, 3));
    String direction = t.b.weights("second.direction", 12, 8, 3, 3);
    String norm = t.op("ReduceL2", with("axes", list(1, 2, 3)), direction);
    String length = t.b.random("second.length", 2, 0.3, 12, 1, 1, 1);
    String weight = t.op("Mul", direction, t.op("Div", length, norm));
    String y = t.op("Conv", with("pads", list(1, 1, 1, 1)), x, weight);
    OnnxModel model = t.model(t.conv("third", t.op("Relu", y), 2, 12), "N", 2, 8, 8);
    SearchSpace space = Cuts.prove(model);

    for (int i = 0; i < 4; i++) {
      space.sample(i == 0 ? Samplers.min() : Samplers.random(new Random(i)));
      OnnxModel carved = Cuts.export(space);
      assertEquals(held(carved), space.params());
      assertTrue(held(carved) <= held(model));
    }
  }

  @Test
  void aWeightThatIsStandardised() {
    Tiny t = new Tiny(17);
    String x = t.op("Tanh", t.conv("first", t.image(), 8, 3));
    String raw = t.b.weights("second.weight", 12, 8, 3, 3);
    String centred = t.op("Sub", raw, t.op("ReduceMean", with("axes", list(1, 2, 3)), raw));
    String variance =
        t.op("ReduceMean", with("axes", list(1, 2, 3)), t.op("Mul", centred, centred));
    String weight = t.op("Div", centred, t.op("Sqrt", variance));
    String y = t.op("Conv", with("pads", list(1, 1, 1, 1)), x, weight);
    check(t.model(t.conv("third", t.op("Relu", y), 2, 12), "N", 2, 8, 8));
  }

  @Test
  void theSharedCases() {
    for (String name : List.of("shared_weight_copied", "shared_layer_three_runs")) {
      check(OnnxModel.read(SharedData.path("cases/" + name + ".onnx")));
    }
    OnnxModel norm = OnnxModel.read(SharedData.path("cases/weight_norm.onnx"));
    SearchSpace space = Cuts.prove(norm);
    space.sample(choices -> choices.get((choices.size() - 1) / 2));
    assertEquals(held(Cuts.export(space)), space.params());
    assertTrue(space.params() * 3 < held(norm));
  }
}
