package io.espalier.onnx.trace;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.file.SpelledOut;
import io.espalier.onnx.runtime.RuntimeShapes;
import io.espalier.spi.OpId;
import io.espalier.trace.Dim;
import io.espalier.trace.Graph;
import io.espalier.trace.Inner;
import io.espalier.trace.TraceException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Traces ONNX models: reads the graph, names its layers and finds their containers.
 *
 * <p>Initializers and Constant nodes become constants of the graph, initializers that old files
 * list as inputs too. A tensor whose elements cannot be followed (sparse, strings, floats of 8
 * bits, integers of less) becomes a node without inputs of an operator that no rule knows, so that
 * whatever it touches is frozen and says why. A call of a function that the model defines stays one
 * node, named by its domain.
 */
public final class OnnxTracer {
  /** The domain of operators that stand for what cannot be followed. */
  static final String OPAQUE_DOMAIN = "espalier.onnx";

  private static final OpId CONSTANT = OpId.of("Constant");

  private final OnnxModel model;

  /** The functions of the model that stand in the place of standard operators. */
  private final Set<String> functions = new HashSet<>();

  private final InnerFinder inner;
  private final Graph.Builder builder = Graph.builder();
  private final Map<String, List<Dim>> declared = new HashMap<>();
  private final Map<String, OpId> operators = new HashMap<>();
  private final Map<Integer, Integer> constantNodes = new HashMap<>();
  private final IntegralValues integral;
  private int[] onnxIndices = new int[16];

  private OnnxTracer(OnnxModel model) {
    this.model = model;
    this.inner = new InnerFinder(model, this::operator);
    builder.shapes(new RuntimeShapes(model));
    this.integral = new IntegralValues(model);
    model.functions().stream()
        .filter(function -> isStandard(function.getDomain()))
        .forEach(function -> functions.add(function.getName()));
  }

  /**
   * Traces a model.
   *
   * @throws TraceException if nodes wait for one another in a circle, read a tensor that does not
   *     exist, or give one name to two tensors
   */
  public static TracedOnnx trace(OnnxModel model) {
    return new OnnxTracer(model).trace();
  }

  private TracedOnnx trace() {
    model.valueInfos().forEach(this::declare);
    model.outputs().forEach(this::declare);
    for (Map.Entry<String, OnnxTensor> entry : model.initializers().entrySet()) {
      addInitializer(entry.getKey(), entry.getValue());
    }
    model.sparseInitializers().forEach(this::addSparseInitializer);
    for (ValueInfoProto input : model.inputs()) {
      if (!builder.has(input.getName())) {
        builder.input(input.getName(), dims(input));
      }
    }
    List<NodeProto> nodes = model.nodes();
    List<List<String>> captures = nodes.stream().map(Captures::of).toList();
    BitSet repeated = SpelledOut.repeated(model);
    for (int index : NodeOrder.of(nodes, captures)) {
      int before = builder.nodes().size();
      addNode(index, nodes.get(index), captures.get(index));
      if (repeated.get(index) && builder.nodes().size() > before) {
        builder.repeated(before);
      }
    }
    for (ValueInfoProto output : model.outputs()) {
      builder.output(output.getName());
    }
    onnxIndices = Arrays.copyOf(onnxIndices, builder.nodes().size());
    new LayerFinder(builder, model, onnxIndices).find().forEach(builder::layer);
    return new TracedOnnx(model, builder.build(), onnxIndices, constantNodes);
  }

  private void declare(ValueInfoProto info) {
    List<Dim> dims = dims(info);
    if (dims != null) {
      declared.put(info.getName(), dims);
    }
  }

  private void declareIfAbsent(String tensor, ValueInfoProto info) {
    List<Dim> dims = dims(info);
    if (dims != null && !tensor.isEmpty()) {
      declared.putIfAbsent(tensor, dims);
    }
  }

  /** The dimensions of a tensor; null where the model does not say even how many there are. */
  private static @Nullable List<Dim> dims(ValueInfoProto info) {
    if (!info.getType().hasTensorType() || !info.getType().getTensorType().hasShape()) {
      return null;
    }
    List<Dim> dims = new ArrayList<>();
    for (TensorShapeProto.Dimension dim : info.getType().getTensorType().getShape().getDimList()) {
      // some exporters write 0 or -1 for a length that they do not know
      dims.add(dim.getDimValue() > 0 ? Dim.of(dim.getDimValue()) : Dim.open(dim.getDimParam()));
    }
    return dims;
  }

  private void addInitializer(String name, OnnxTensor tensor) {
    if (TensorConstant.canHold(tensor.dataType())) {
      builder.constant(name, new TensorConstant(tensor));
    } else {
      addOpaque(-1, name, name, DataTypes.name(tensor.dataType()), dims(tensor.dims()));
    }
  }

  private void addSparseInitializer(SparseTensorProto tensor) {
    String name = tensor.getValues().getName();
    long[] dims = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
    addOpaque(-1, name, name, "sparse", dims(dims));
  }

  private static List<Dim> dims(long[] dims) {
    return Arrays.stream(dims).mapToObj(Dim::of).toList();
  }

  private void addOpaque(
      int onnxIndex, String name, String output, String kind, @Nullable List<Dim> dims) {
    OpId op = OpId.of(OPAQUE_DOMAIN, "Constant[" + kind + "]");
    int node =
        builder.node(
            op,
            1,
            name,
            List.of(),
            List.of(output),
            List.of(),
            new NodeAttributes(model, NodeProto.getDefaultInstance()),
            dims == null ? Map.of() : Map.of(output, dims));
    remember(node, onnxIndex);
  }

  private void addNode(int index, NodeProto proto, List<String> captured) {
    OpId op = operator(proto);
    if (op.equals(CONSTANT) && proto.getOutputCount() == 1 && !proto.getOutput(0).isEmpty()) {
      addConstantNode(index, proto);
      return;
    }
    SubGraphOutputs.of(proto).forEach(this::declareIfAbsent);
    int node =
        builder.node(
            op,
            Math.toIntExact(model.opset(proto.getDomain())),
            proto.getName(),
            proto.getInputList(),
            proto.getOutputList(),
            captured,
            new NodeAttributes(model, proto),
            declared);
    remember(node, index);
    Inner held = inner.of(proto);
    if (!held.equals(Inner.NOTHING)) {
      builder.inner(node, held);
    }
    integral.learn(proto);
    proto.getOutputList().stream().filter(integral::contains).forEach(builder::integral);
  }

  private OpId operator(NodeProto proto) {
    if (proto.getOpType().isEmpty()) {
      throw new TraceException(
          "node \"" + proto.getName() + "\" of the model names no operator; the file is damaged");
    }
    String opened = SpelledOut.operator(proto);
    if (!opened.isEmpty()) {
      return OpId.of(opened);
    }
    if (!isStandard(proto.getDomain()) || functions.contains(proto.getOpType())) {
      return operatorOfFunction(proto);
    }
    return operators.computeIfAbsent(proto.getOpType(), OpId::of);
  }

  /**
   * What a call of a function of the model is traced as: an operator of its domain. It is not the
   * standard operator of its name, even if it stands in that one's place, as ONNX Runtime has it.
   */
  public static OpId operatorOfFunction(NodeProto call) {
    return isStandard(call.getDomain())
        ? OpId.of(OPAQUE_DOMAIN, "Function[" + call.getOpType() + "]")
        : OpId.of(call.getDomain(), call.getOpType());
  }

  private static boolean isStandard(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  private void remember(int graphNode, int onnxIndex) {
    if (graphNode == onnxIndices.length) {
      onnxIndices = Arrays.copyOf(onnxIndices, 2 * graphNode);
    }
    onnxIndices[graphNode] = onnxIndex;
  }

  private void addConstantNode(int index, NodeProto proto) {
    String output = proto.getOutput(0);
    AttributeProto attribute = proto.getAttributeCount() == 1 ? proto.getAttribute(0) : null;
    TensorProto value = attribute == null ? null : value(attribute);
    if (value != null && TensorConstant.canHold(value.getDataType())) {
      int id = builder.constant(output, new TensorConstant(model.tensor(value)));
      integral.constant(output, value.getDataType());
      constantNodes.put(id, index);
      return;
    }
    List<Dim> dims = declared.get(output);
    String kind = attribute == null ? "unknown" : attribute.getName();
    if (value != null) {
      dims = dims(value.getDimsList().stream().mapToLong(Long::longValue).toArray());
      kind = DataTypes.name(value.getDataType());
    } else if (attribute != null && attribute.hasSparseTensor()) {
      List<Long> sizes = attribute.getSparseTensor().getDimsList();
      dims = dims(sizes.stream().mapToLong(Long::longValue).toArray());
      kind = "sparse";
    }
    addOpaque(index, proto.getName(), output, kind, dims);
  }

  /** The value of a Constant node as a tensor; null for strings and sparse tensors. */
  private static @Nullable TensorProto value(AttributeProto attribute) {
    TensorProto.Builder tensor = TensorProto.newBuilder();
    AttributeType type = NodeAttributes.type(attribute);
    return switch (type) {
      case TENSOR -> attribute.getT();
      case FLOAT -> tensor.setDataType(DataTypes.FLOAT).addFloatData(attribute.getF()).build();
      case INT -> tensor.setDataType(DataTypes.INT64).addInt64Data(attribute.getI()).build();
      case FLOATS ->
          tensor
              .setDataType(DataTypes.FLOAT)
              .addDims(attribute.getFloatsCount())
              .addAllFloatData(attribute.getFloatsList())
              .build();
      case INTS ->
          tensor
              .setDataType(DataTypes.INT64)
              .addDims(attribute.getIntsCount())
              .addAllInt64Data(attribute.getIntsList())
              .build();
      default -> null;
    };
  }
}
