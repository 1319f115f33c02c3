package io.espalier.onnx.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.CutNormalised;
import io.espalier.core.values.Manifest.CutParameter;
import io.espalier.core.values.Manifest.Skipped;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A cut made by hand: what the manifest says of it, and the model that it leaves. */
final class HandCut {
  private static final double EXACT = 1e-6;
  private static final double VISIBLE = 1e-3;

  private final ModelProto original;
  private final ModelProto.Builder carved;
  private final Map<String, CutParameter> parameters = new LinkedHashMap<>();
  private final List<Skipped> skipped = new ArrayList<>();
  private final List<CutNormalised> normalised = new ArrayList<>();

  HandCut(OnnxGraphBuilder original) {
    this(original.toProto());
  }

  HandCut(ModelProto original) {
    this.original = original;
    this.carved = original.toBuilder();
  }

  /** Cuts an initializer where it enters a node; other readers keep theirs. */
  HandCut cut(String node, int input, int axis, int... keep) {
    return cut(true, node, input, axis, keep);
  }

  /** As above, where no mask may stand. */
  HandCut cutUnmasked(String node, int input, int axis, int... keep) {
    return cut(false, node, input, axis, keep);
  }

  private HandCut cut(boolean mask, String node, int input, int axis, int... keep) {
    NodeProto before = node(original.getGraph(), node);
    List<Long> shape = tensor(before.getInput(input)).getDimsList();
    says(mask, node, input, shape, axis, keep);
    NodeProto.Builder reader = node(node);
    String own = node + "/" + input;
    TensorProto part = gather(tensor(reader.getInput(input)), axis, keep);
    if (!reader.getInput(input).equals(own)) {
      reader.setInput(input, own);
      return add(part.toBuilder().setName(own).build());
    }
    return patch(part);
  }

  /** Says in the manifest alone that a value is cut where it enters a node. */
  HandCut says(boolean mask, String node, int input, List<Long> shape, int axis, int... keep) {
    NodeProto reader = node(original.getGraph(), node);
    CutParameter before = parameters.get(node + "/" + input);
    Map<Integer, List<Integer>> kept = new TreeMap<>(before == null ? Map.of() : before.keep());
    kept.put(axis, list(keep));
    parameters.put(
        node + "/" + input,
        new CutParameter(
            node, reader.getOutput(0), input, reader.getInput(input), shape, kept, mask));
    return this;
  }

  /** Says that a node normalises over a cut axis. */
  HandCut normalised(String node, int input, int axis, int... keep) {
    String output = node(original.getGraph(), node).getOutput(0);
    normalised.add(new CutNormalised(node, output, input, axis, list(keep)));
    return this;
  }

  /** Cuts an initializer in the carved model alone. */
  HandCut slice(String name, int axis, int... keep) {
    return patch(gather(tensor(name), axis, keep));
  }

  /** Puts another tensor into the carved model, in the place of the one of its name. */
  HandCut patch(TensorProto tensor) {
    GraphProto.Builder graph = carved.getGraphBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      if (graph.getInitializer(i).getName().equals(tensor.getName())) {
        graph.setInitializer(i, tensor);
      }
    }
    return this;
  }

  private HandCut add(TensorProto tensor) {
    carved.getGraphBuilder().addInitializer(tensor);
    return this;
  }

  /** Takes out a block. */
  HandCut skip(String from, String by, String... nodes) {
    skipped.add(new Skipped(from, by));
    GraphProto.Builder graph = carved.getGraphBuilder();
    List<NodeProto> left =
        graph.getNodeList().stream()
            .filter(node -> !Arrays.asList(nodes).contains(node.getName()))
            .toList();
    graph.clearNode().addAllNode(left);
    for (NodeProto.Builder node : graph.getNodeBuilderList()) {
      for (int i = 0; i < node.getInputCount(); i++) {
        if (node.getInput(i).equals(from)) {
          node.setInput(i, by);
        }
      }
    }
    return this;
  }

  /** Sets an integer attribute, or a list of integers, in the carved model. */
  HandCut attribute(String node, String attribute, long... values) {
    for (AttributeProto.Builder a : node(node).getAttributeBuilderList()) {
      if (a.getName().equals(attribute) && a.getIntsCount() > 0) {
        a.clearInts();
        Arrays.stream(values).forEach(a::addInts);
      } else if (a.getName().equals(attribute)) {
        a.setI(values[0]);
      }
    }
    return this;
  }

  OnnxModel original() {
    return OnnxModel.of(original);
  }

  OnnxModel carved() {
    return OnnxModel.of(carved.build());
  }

  Manifest manifest() {
    return new Manifest(List.copyOf(parameters.values()), skipped, normalised);
  }

  Verification verify() {
    return Verifier.verify(original(), carved(), manifest());
  }

  /** The cut is right, and every edge of it matters. */
  void proves() {
    proves(EXACT, VISIBLE);
  }

  void proves(double exact, double visible) {
    Verification right = verify();
    assertTrue(right.passed() && right.worst() <= exact, right::toString);
    assertTrue(right.conclusive(), right::toString);
    List<Manifest> controls = Control.shiftedByOne(manifest(), new SplittableRandom(1), 100);
    for (Manifest wrong : controls) {
      Verification control = Verifier.verify(original(), carved(), wrong);
      assertFalse(control.agrees(), wrong::toJson);
      assertTrue(control.worst() > visible, () -> control + wrong.toJson());
    }
    assertTrue(parameters.isEmpty() || !controls.isEmpty());
    Manifest read = Manifest.parse(manifest().toJson(), "the manifest");
    assertEquals(right, Verifier.verify(original(), carved(), read));
  }

  private static List<Integer> list(int... values) {
    return Arrays.stream(values).boxed().toList();
  }

  private static NodeProto node(GraphProto graph, String name) {
    return graph.getNodeList().stream()
        .filter(node -> node.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private NodeProto.Builder node(String name) {
    return carved.getGraphBuilder().getNodeBuilderList().stream()
        .filter(node -> node.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private TensorProto tensor(String name) {
    return carved.getGraph().getInitializerList().stream()
        .filter(tensor -> tensor.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static TensorProto gather(TensorProto tensor, int axis, int... keep) {
    byte[] bytes = tensor.getRawData().toByteArray();
    int unit = DataTypes.bits(tensor.getDataType()) / 8;
    int outer = 1;
    for (int i = 0; i < tensor.getDimsCount(); i++) {
      outer *= i < axis ? (int) tensor.getDims(i) : 1;
      unit *= i > axis ? (int) tensor.getDims(i) : 1;
    }
    ByteArrayOutputStream part = new ByteArrayOutputStream();
    for (int row = 0; row < outer; row++) {
      for (int index : keep) {
        part.write(bytes, (row * (int) tensor.getDims(axis) + index) * unit, unit);
      }
    }
    return tensor.toBuilder()
        .setDims(axis, keep.length)
        .setRawData(ByteString.copyFrom(part.toByteArray()))
        .build();
  }
}
