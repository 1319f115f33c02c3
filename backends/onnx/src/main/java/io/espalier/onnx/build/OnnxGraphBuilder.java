package io.espalier.onnx.build;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;

/**
 * Builds a small ONNX model in code. Every method that makes a value returns the value's name, to
 * be an input of later nodes:
 *
 * <pre>{@code
 * OnnxGraphBuilder b = new OnnxGraphBuilder("tiny", 17);
 * String x = b.input("x", "N", 3, 8, 8);
 * String w = b.weights("conv.weight", 16, 3, 3, 3);
 * String y = b.node("Conv", "/conv/Conv", List.of(x, w), Map.of("pads", new long[] {1, 1, 1, 1}));
 * OnnxModel model = b.output("y", y, "N", 16, 8, 8).build();
 * }</pre>
 *
 * <p>Dimensions are numbers, or strings for dimensions that stay open. Not thread-safe.
 */
public final class OnnxGraphBuilder {
  private static final long IR_VERSION = 8;

  private final Map<String, Long> opsets = new TreeMap<>();
  private final Map<String, String> metadata = new TreeMap<>();
  private final String graphName;
  private final long seed;
  private final Map<String, ValueInfoProto> inputs = new LinkedHashMap<>();
  private final Map<String, ValueInfoProto> outputs = new LinkedHashMap<>();
  private final Map<String, ValueInfoProto> valueInfos = new LinkedHashMap<>();
  private final Map<String, TensorProto> initializers = new LinkedHashMap<>();
  private final Map<String, NodeProto.Builder> nodes = new LinkedHashMap<>();
  private final List<FunctionProto> functions = new ArrayList<>();

  /** A builder whose random weights come from seed 0. */
  public OnnxGraphBuilder(String graphName, long opset) {
    this(graphName, opset, 0);
  }

  /**
   * A builder.
   *
   * @param opset version of the standard operator set
   * @param seed what random weights are drawn from
   */
  public OnnxGraphBuilder(String graphName, long opset, long seed) {
    this.graphName = graphName;
    this.seed = seed;
    opsets.put("", opset);
  }

  /** Imports another operator set, for nodes whose operator is written {@code domain:Operator}. */
  public OnnxGraphBuilder opset(String domain, long version) {
    opsets.put(domain, version);
    return this;
  }

  /** Adds a metadata property of the model. */
  public OnnxGraphBuilder metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /** A float32 input. */
  public String input(String name, Object... dims) {
    return typedInput(name, DataTypes.FLOAT, dims);
  }

  /** An input of any element type, one of the numbers in {@link DataTypes}. */
  public String typedInput(String name, int dataType, Object... dims) {
    inputs.put(name, valueInfo(name, dataType, dims));
    return name;
  }

  /** A float32 initializer of given values in row-major order. */
  public String floats(String name, float[] values, long... dims) {
    return initializer(Weights.floats(name, values, dims));
  }

  /** An int64 initializer of given values in row-major order; without dimensions, a scalar. */
  public String longs(String name, long[] values, long... dims) {
    return initializer(Weights.longs(name, values, dims));
  }

  /**
   * A float32 initializer of random values for a convolution or linear layer before a ReLU: mean 0
   * and variance 2 / fan-in, so that signals keep their size from layer to layer (He et al.,
   * "Delving deep into rectifiers", 2015).
   *
   * @param dims outputs, inputs, and any kernel; the fan-in is the product of all but the first
   */
  public String weights(String name, long... dims) {
    long fanIn = Arrays.stream(dims).skip(1).reduce(1, (a, b) -> a * b);
    return random(name, 0, Math.sqrt(2.0 / fanIn), dims);
  }

  /**
   * A float32 initializer of random values, evenly spread around a mean with a standard deviation.
   */
  public String random(String name, double mean, double deviation, long... dims) {
    return initializer(Weights.random(name, seed, mean, deviation, dims));
  }

  /** Any initializer. */
  public String initializer(TensorProto tensor) {
    initializers.put(tensor.getName(), tensor);
    return tensor.getName();
  }

  /** A node with one output, {@code <name>_output_0}, and no attributes. */
  public String node(String operator, String name, List<String> inputs) {
    return node(operator, name, inputs, Map.of());
  }

  /**
   * A node with one output, {@code <name>_output_0}.
   *
   * @param operator {@code Conv}, or {@code domain:Operator}
   * @param name the node's name; where it is taken already, with a number behind it
   * @param inputs names of values; empty for an optional input left out
   * @param attributes numbers, strings, {@code long[]}, {@code float[]}, lists of strings,
   *     TensorProto, GraphProto, in the body of a function {@link #ofCall}
   */
  public String node(String operator, String name, List<String> inputs, Map<String, ?> attributes) {
    return nodes(operator, name, inputs, attributes, 1).get(0);
  }

  /** A node with several outputs, {@code <name>_output_0} and so on. */
  public List<String> nodes(
      String operator, String name, List<String> inputs, Map<String, ?> attributes, int outputs) {
    String unique = unique(name);
    int colon = operator.indexOf(':');
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType(operator.substring(colon + 1))
            .setName(unique)
            .addAllInput(inputs)
            .addAllAttribute(Attributes.of(attributes));
    if (colon >= 0) {
      node.setDomain(operator.substring(0, colon));
    }
    for (int i = 0; i < outputs; i++) {
      node.addOutput(unique + "_output_" + i);
    }
    nodes.put(unique, node);
    return List.copyOf(node.getOutputList());
  }

  /**
   * Defines an operator by a function, so that ONNX Runtime can run it without a kernel.
   *
   * @param operator {@code domain:Operator}; the domain must be {@linkplain #opset imported}
   * @param inputs the names of its inputs in the body
   * @param body builds its nodes and outputs; what it imports, the function imports too
   */
  public OnnxGraphBuilder function(String operator, List<String> inputs, OnnxGraphBuilder body) {
    int colon = operator.indexOf(':');
    FunctionProto.Builder function =
        FunctionProto.newBuilder()
            .setDomain(operator.substring(0, colon))
            .setName(operator.substring(colon + 1))
            .addAllInput(inputs)
            .addAllOutput(body.outputs.keySet());
    body.nodes.values().forEach(function::addNode);
    body.nodes.values().stream()
        .flatMap(node -> node.getAttributeList().stream())
        .map(AttributeProto::getRefAttrName)
        .filter(name -> !name.isEmpty())
        .distinct()
        .forEach(function::addAttribute);
    body.opsets.forEach(
        (domain, version) ->
            function.addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version)));
    functions.add(function.build());
    return this;
  }

  /**
   * An attribute of a node in the body of a {@linkplain #function function}: that of the call.
   *
   * @param attribute the name of the call's attribute
   * @param type its type, such as {@code INT}
   */
  public static AttributeProto ofCall(String attribute, AttributeProto.AttributeType type) {
    return AttributeProto.newBuilder().setRefAttrName(attribute).setType(type).build();
  }

  /** A Constant node of int64 values; without dimensions, a scalar. */
  public String constant(String name, long[] values, long... dims) {
    return node("Constant", name, List.of(), Map.of("value", Weights.longs("", values, dims)));
  }

  /**
   * Adds a metadata property to a node, as PyTorch's exporter does to say which module it came
   * from.
   */
  public OnnxGraphBuilder annotate(String nodeName, String key, String value) {
    NodeProto.Builder node = nodes.get(nodeName);
    if (node == null) {
      throw new NoSuchElementException("there is no node '" + nodeName + "'");
    }
    node.addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(value));
    return this;
  }

  /** Makes a value a float32 output of the graph, under a name of its own. */
  public OnnxGraphBuilder output(String name, String value, Object... dims) {
    return typedOutput(name, value, DataTypes.FLOAT, dims);
  }

  /** Makes a value an output of any element type. */
  public OnnxGraphBuilder typedOutput(String name, String value, int dataType, Object... dims) {
    if (!name.equals(value)) {
      nodes.values().forEach(node -> rename(node, value, name));
    }
    outputs.put(name, valueInfo(name, dataType, dims));
    return this;
  }

  /** States the type of an inner value in the file. */
  public OnnxGraphBuilder valueInfo(String value, Object... dims) {
    valueInfos.put(value, valueInfo(value, DataTypes.FLOAT, dims));
    return this;
  }

  /** The model, without its outputs checked or its types inferred. */
  public OnnxModel build() {
    return OnnxModel.of(toProto());
  }

  /** The model as protobuf. */
  public ModelProto toProto() {
    ModelProto.Builder model =
        ModelProto.newBuilder().setIrVersion(IR_VERSION).setProducerName("espalier");
    opsets.forEach(
        (domain, version) ->
            model.addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version)));
    metadata.forEach(
        (key, value) ->
            model.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName(graphName)
            .addAllInput(inputs.values())
            .addAllOutput(outputs.values())
            .addAllValueInfo(valueInfos.values())
            .addAllInitializer(initializers.values());
    nodes.values().forEach(graph::addNode);
    return model.setGraph(graph).addAllFunctions(functions).build();
  }

  private String unique(String name) {
    String candidate = name;
    for (int i = 1; nodes.containsKey(candidate); i++) {
      candidate = name + "_" + i;
    }
    return candidate;
  }

  private static void rename(NodeProto.Builder node, String from, String to) {
    for (int i = 0; i < node.getInputCount(); i++) {
      if (node.getInput(i).equals(from)) {
        node.setInput(i, to);
      }
    }
    for (int i = 0; i < node.getOutputCount(); i++) {
      if (node.getOutput(i).equals(from)) {
        node.setOutput(i, to);
      }
    }
  }

  private static ValueInfoProto valueInfo(String name, int dataType, Object... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object dim : dims) {
      TensorShapeProto.Dimension.Builder dimension = shape.addDimBuilder();
      if (dim instanceof Number number) {
        dimension.setDimValue(number.longValue());
      } else {
        dimension.setDimParam(dim.toString());
      }
    }
    TypeProto.Tensor.Builder tensor =
        TypeProto.Tensor.newBuilder().setElemType(dataType).setShape(shape);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
