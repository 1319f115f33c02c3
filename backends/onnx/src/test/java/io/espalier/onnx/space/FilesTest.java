package io.espalier.onnx.space;

import static io.espalier.onnx.space.Cuts.assertFree;
import static io.espalier.onnx.space.Cuts.assertFrozen;
import static io.espalier.onnx.space.Tiny.list;
import static io.espalier.onnx.space.Tiny.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Verifier;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways in which files hold a network, before and after it is carved. */
class FilesTest {
  private static Tiny convolutions() {
    Tiny t = new Tiny(17);
    String x = t.op("LeakyRelu", t.conv("first", t.image(), 24, 3));
    String y = t.op("Relu", t.conv("second", x, 16, 24));
    t.b.output("output", t.conv("last", y, 4, 16), "N", 4, 8, 8);
    return t;
  }

  /** The model in a file whose weights stand in another. */
  private static Path withExternalData(ModelProto model, Path file) throws IOException {
    ModelProto.Builder builder = model.toBuilder();
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (TensorProto.Builder tensor : builder.getGraphBuilder().getInitializerBuilderList()) {
      tensor.setDataLocation(TensorProto.DataLocation.EXTERNAL);
      Map<String, String> place =
          Map.of(
              "location", file.getFileName() + ".weights",
              "offset", Integer.toString(data.size()),
              "length", Integer.toString(tensor.getRawData().size()));
      place.forEach(
          (key, value) ->
              tensor.addExternalData(
                  StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
      data.writeBytes(tensor.getRawData().toByteArray());
      tensor.clearRawData();
    }
    Files.write(file.resolveSibling(file.getFileName() + ".weights"), data.toByteArray());
    return Files.write(file, builder.build().toByteArray());
  }

  @Test
  void weightsInAnotherFileAreCarved(@TempDir Path folder) throws IOException {
    ModelProto whole = convolutions().b.toProto();
    Path file = withExternalData(whole, folder.resolve("model.onnx"));
    SearchSpace space = Cuts.space(OnnxModel.read(file));
    SearchSpace twin = Cuts.space(OnnxModel.of(whole));
    Path out = folder.resolve("small.onnx");
    for (boolean narrowest : new boolean[] {false, true}) {
      for (SearchSpace either : List.of(space, twin)) {
        either.sample(narrowest ? Samplers.min() : choices -> choices.get(choices.size() / 2));
      }
      space.export().save(out);
      OnnxModel saved = OnnxModel.read(out);
      assertTrue(Verifier.verify(OnnxModel.read(file), saved, space.manifest()).passed());
      Cuts.export(twin)
          .initializers()
          .forEach(
              (name, tensor) ->
                  assertArrayEquals(tensor.floats(), saved.initializers().get(name).floats()));
      // small tensors stay in the model
      assertEquals(!narrowest, saved.initializers().get("second.weight").isExternal());
      assertFalse(saved.initializers().get("second.bias").isExternal());
    }
  }

  private static ValueInfoProto info(TensorProto tensor) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    tensor.getDimsList().forEach(dim -> shape.addDimBuilder().setDimValue(dim));
    TypeProto.Tensor.Builder type =
        TypeProto.Tensor.newBuilder().setElemType(tensor.getDataType()).setShape(shape);
    return ValueInfoProto.newBuilder()
        .setName(tensor.getName())
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }

  /** Files of this age list every initializer among the inputs, and hold no others. */
  @Test
  void initializersAsInputs() {
    Tiny t = new Tiny(8);
    String x = t.conv("first", t.image(), 8, 3);
    String y = t.conv("second", t.image(), 6, 3);
    String ones = t.b.random("ones", 1, 0.3, 8);
    String zeros = t.parameter(0, 8);
    x = t.op("BatchNormalization", x, ones, zeros, zeros, ones);
    String z = t.op("Concat", with("axis", 1), y, t.conv("third", t.image(), 2, 3));
    z = t.op("BatchNormalization", z, ones, zeros, zeros, ones);
    String both = t.op("Concat", with("axis", 1), x, z);
    t.b.output("output", t.conv("last", both, 4, 16), "N", 4, 8, 8);
    ModelProto.Builder old = t.b.toProto().toBuilder().setIrVersion(3);
    old.getGraph().getInitializerList().forEach(w -> old.getGraphBuilder().addInput(info(w)));
    OnnxModel model = OnnxModel.of(old.build());
    SearchSpace space = Cuts.prove(model);
    assertFree(space, "first.out_channels");
    assertFree(space, "third.out_channels");

    space.sample(Samplers.min());
    OnnxModel carved = Cuts.export(space);
    assertEquals(3, carved.irVersion());
    for (ValueInfoProto input : carved.inputs()) {
      if (!input.getName().equals("input")) {
        long[] dims = carved.initializers().get(input.getName()).dims();
        for (int i = 0; i < dims.length; i++) {
          assertEquals(dims[i], input.getType().getTensorType().getShape().getDim(i).getDimValue());
        }
      }
    }
    assertEquals(carved.initializers().size() + 1, carved.inputs().size());
  }

  @Test
  void weightsThatNodesMake() {
    Tiny t = new Tiny(17);
    String stored = t.b.random("first.weight", 0, 0.5, 8, 5);
    String turned = t.op("Transpose", with("perm", list(1, 0)), stored);
    String x = t.op("MatMul", t.b.input("input", "N", 5), turned);
    TensorProto value =
        TensorProto.newBuilder()
            .setDataType(DataTypes.FLOAT)
            .addDims(8)
            .addAllFloatData(List.of(.1f, .2f, -.3f, .4f, -.5f, .6f, .7f, -.8f))
            .build();
    x = t.op("Add", x, t.op("Constant", with("value", value)));
    TensorProto half =
        TensorProto.newBuilder().setDataType(DataTypes.FLOAT).addDims(1).addFloatData(.5f).build();
    x = t.op("Mul", x, t.op("ConstantOfShape", with("value", half), t.ints(8)));
    x = t.op("Mul", x, t.op("Identity", t.parameter(1, 8)));
    x = t.op("Mul", x, t.op("Squeeze", t.op("Unsqueeze", t.parameter(1, 8), t.ints(0)), t.ints(0)));
    String wide = t.op("Cast", with("to", DataTypes.DOUBLE), t.parameter(1, 8));
    x = t.op("Mul", x, t.op("Cast", with("to", DataTypes.FLOAT), wide));
    x = t.op("Mul", x, t.op("Reshape", t.parameter(1, 2, 4), t.ints(-1)));
    SearchSpace space = t.proved(t.linear("last", t.op("Tanh", x), 8, 3), "N", 3);
    assertTrue(space.hparam("first.out_features").isDerived(), space.frozen().toString());
    space.sample(Samplers.min());
    assertEquals(1, Cuts.export(space).initializers().get("first.weight").dims()[0]);
  }

  @Test
  void severalInputsAndOutputs() {
    Tiny t = new Tiny(17);
    String x = t.linear("first", t.b.input("left", "N", 5), 5, 8);
    String y = t.linear("second", t.b.input("right", "N", 4), 4, 8);
    String sum = t.op("Relu", t.op("Add", x, y));
    t.b.output("small", t.linear("third", sum, 8, 2), "N", 2);
    String hidden = t.linear("fourth", sum, 8, 6);
    t.b.output("hidden", hidden, "N", 6);
    t.b.output("large", t.linear("fifth", t.op("Tanh", "hidden"), 6, 9), "N", 9);
    SearchSpace space = Cuts.prove(t.b.build());
    assertFree(space, "first.out_features");
    assertFrozen(space, "fourth.out_features", "graph output 'hidden' fixes it");
  }

  @Test
  void nodesWithoutNames() {
    ModelProto.Builder model = convolutions().b.toProto().toBuilder();
    model.getGraphBuilder().getNodeBuilderList().forEach(NodeProto.Builder::clearName);
    SearchSpace space = Cuts.prove(OnnxModel.of(model.build()));
    assertFree(space, "first.out_channels");
    Cuts.export(space).nodes().forEach(node -> assertEquals("", node.getName()));
  }

  /** What nobody asked to change comes out as it went in. */
  @Test
  void whatIsNoNetworkIsKept() throws IOException {
    ModelProto.Builder model =
        convolutions().b.metadata("author", "somebody").toProto().toBuilder();
    model.setDocString("a model").setDomain("com.acme").setModelVersion(7).setProducerVersion("2");
    model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.acme").setVersion(3));
    model.getGraphBuilder().setDocString("a graph");
    StringStringEntryProto.Builder property =
        StringStringEntryProto.newBuilder().setKey("module").setValue("first");
    model.getGraphBuilder().getNodeBuilder(0).setDocString("a node").addMetadataProps(property);
    model.getGraphBuilder().getInputBuilder(0).setDocString("an input");
    model.getGraphBuilder().getInitializerBuilder(0).setDocString("a weight");
    ModelProto before = model.build();
    SearchSpace space = Cuts.prove(OnnxModel.of(before));
    space.sample(Samplers.min());
    ModelProto after =
        ModelProto.parseFrom(new OnnxEdit(((OnnxNetwork) space.export()).model()).toBytes());

    assertEquals(before.toBuilder().clearGraph().build(), after.toBuilder().clearGraph().build());
    assertEquals(before.getGraph().getName(), after.getGraph().getName());
    assertEquals("a graph", after.getGraph().getDocString());
    assertEquals(before.getGraph().getNodeCount(), after.getGraph().getNodeCount());
    assertEquals("a node", after.getGraph().getNode(0).getDocString());
    assertEquals(List.of(property.build()), after.getGraph().getNode(0).getMetadataPropsList());
    assertEquals(before.getGraph().getInputList(), after.getGraph().getInputList());
    assertEquals(before.getGraph().getOutputList(), after.getGraph().getOutputList());
    assertEquals("a weight", after.getGraph().getInitializer(0).getDocString());
    assertEquals(1, after.getGraph().getInitializer(0).getDims(0));
  }
}
