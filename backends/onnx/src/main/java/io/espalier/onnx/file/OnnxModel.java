package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An ONNX model opened for analysis: its graph as protobuf values, its weights as views of the
 * mapped file. Opening costs what the graph costs, not what the weights do. Immutable and
 * thread-safe.
 *
 * <p>The file must not be overwritten in place while the model is in use; replacing it, as {@link
 * OnnxEdit#write} does, is fine.
 */
public final class OnnxModel {
  private final Lazy<ModelSkeleton> skeleton;
  private final ExternalFiles files;
  private final Optional<Path> path;
  private final long irVersion;
  private final Map<String, Long> opsets;
  private final Map<String, String> metadata;
  private final List<NodeProto> nodes;
  private final List<ValueInfoProto> inputs;
  private final List<ValueInfoProto> outputs;
  private final List<ValueInfoProto> valueInfos;
  private final List<FunctionProto> functions;
  private final List<SparseTensorProto> sparseInitializers;
  private final List<OnnxTensor> tensors;
  private final Map<String, OnnxTensor> initializers;
  private final Lazy<String> fingerprint = new Lazy<>(() -> Fingerprint.of(this));

  OnnxModel(ModelSkeleton skeleton, ExternalFiles files, Optional<Path> path) {
    this(skeleton, files, files, path, () -> skeleton);
  }

  /**
   * @param skeleton the model, perhaps without its large tensors
   * @param data where it keeps those
   * @param files what its attributes refer to
   * @param whole the model with all tensors that do not stand in files
   */
  OnnxModel(
      ModelSkeleton skeleton,
      ExternalData data,
      ExternalFiles files,
      Optional<Path> path,
      Supplier<ModelSkeleton> whole) {
    this.skeleton = new Lazy<>(whole);
    this.files = files;
    this.path = path;
    MessageReader reader = new MessageReader(skeleton.bytes());
    this.irVersion =
        WireReader.varint(
            skeleton.bytes(), last(skeleton.modelFields(ModelProto.IR_VERSION_FIELD_NUMBER)));
    this.opsets = new LinkedHashMap<>();
    for (OperatorSetIdProto opset :
        reader.all(
            OperatorSetIdProto.parser(),
            skeleton.modelFields(ModelProto.OPSET_IMPORT_FIELD_NUMBER))) {
      requireVersion(opset);
      opsets.put(domain(opset.getDomain()), opset.getVersion());
    }
    this.metadata = new LinkedHashMap<>();
    for (StringStringEntryProto entry :
        reader.all(
            StringStringEntryProto.parser(),
            skeleton.modelFields(ModelProto.METADATA_PROPS_FIELD_NUMBER))) {
      metadata.put(entry.getKey(), entry.getValue());
    }
    this.functions =
        reader.all(FunctionProto.parser(), skeleton.modelFields(ModelProto.FUNCTIONS_FIELD_NUMBER));
    this.nodes = reader.all(NodeProto.parser(), skeleton.graphFields(GraphProto.NODE_FIELD_NUMBER));
    nodes.forEach(this::requireOpset);
    nodes.forEach(OnnxModel::requireOutput);
    functions.forEach(function -> function.getNodeList().forEach(OnnxModel::requireOutput));
    FunctionSizes.check(files.model(), functions, nodes);
    this.inputs =
        reader.all(ValueInfoProto.parser(), skeleton.graphFields(GraphProto.INPUT_FIELD_NUMBER));
    this.outputs =
        reader.all(ValueInfoProto.parser(), skeleton.graphFields(GraphProto.OUTPUT_FIELD_NUMBER));
    this.valueInfos =
        reader.all(
            ValueInfoProto.parser(), skeleton.graphFields(GraphProto.VALUE_INFO_FIELD_NUMBER));
    this.sparseInitializers =
        reader.all(
            SparseTensorProto.parser(),
            skeleton.graphFields(GraphProto.SPARSE_INITIALIZER_FIELD_NUMBER));
    this.tensors =
        skeleton.graphFields(GraphProto.INITIALIZER_FIELD_NUMBER).stream()
            .map(field -> InitializerReader.read(skeleton.bytes(), field, data))
            .toList();
    Map<String, OnnxTensor> byName = new LinkedHashMap<>();
    tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
    this.initializers = Collections.unmodifiableMap(byName);
  }

  /**
   * Opens a file by mapping it.
   *
   * <p>A file that was cut off anywhere is refused, with one exception that no reader can notice:
   * optional fields that stand after the graph and the operator set versions (metadata, functions)
   * may be missing as a whole.
   *
   * @throws OnnxFileException if there is no such file, if it cannot be read, is larger than 2 GB,
   *     is not an ONNX model, or is damaged, or if its external data is missing, too short, or
   *     outside its folder
   */
  public static OnnxModel read(Path path) {
    return ModelFile.open(path);
  }

  /**
   * A model in memory, which owns the array from now on.
   *
   * @throws OnnxFileException if the bytes are not an ONNX model, are damaged, or refer to external
   *     data
   */
  public static OnnxModel of(byte[] bytes) {
    return ModelFile.parse(ByteBuffer.wrap(bytes), "the model in memory", Optional.empty());
  }

  /**
   * A model in memory.
   *
   * @throws OnnxFileException if the model lacks a graph or a version, or refers to external data
   */
  public static OnnxModel of(ModelProto model) {
    return of(model.toByteArray());
  }

  private static Field last(List<Field> fields) {
    return fields.get(fields.size() - 1);
  }

  private static void requireVersion(OperatorSetIdProto opset) {
    long version = opset.getVersion();
    if (version < 0 || version > Integer.MAX_VALUE) {
      throw new WireFormatException(
          "it states version " + version + " of operator set '" + opset.getDomain() + "'");
    }
  }

  /**
   * Without its operator set's version a node means nothing; a file cut off before the last of them
   * lacks one.
   */
  private void requireOpset(NodeProto node) {
    if (!opsets.containsKey(domain(node.getDomain()))) {
      throw new WireFormatException(
          "node '"
              + node.getName()
              + "' is of operator set '"
              + node.getDomain()
              + "', of which the model does not state a version");
    }
  }

  /** Every operator of the standard has an output; one that is not asked for has an empty name. */
  private static void requireOutput(NodeProto node) {
    if (node.getOutputCount() == 0 && domain(node.getDomain()).isEmpty()) {
      throw new WireFormatException(
          "node '" + node.getName() + "' (" + node.getOpType() + ") has no outputs");
    }
  }

  /** The standard domain has two names; this gives the empty one. */
  static String domain(String name) {
    return name.equals("ai.onnx") ? "" : name;
  }

  /** The nodes of the graph, in file order, which is topological in a valid model. */
  public List<NodeProto> nodes() {
    return nodes;
  }

  /** The graph's inputs; in old files (IR version 3) they include the initializers. */
  public List<ValueInfoProto> inputs() {
    return inputs;
  }

  public List<ValueInfoProto> outputs() {
    return outputs;
  }

  /** What the file says of the types of intermediate values; may be empty, and may be wrong. */
  public List<ValueInfoProto> valueInfos() {
    return valueInfos;
  }

  /**
   * The dense initializers by name, in file order. Of two with one name the last counts, as in ONNX
   * Runtime.
   */
  public Map<String, OnnxTensor> initializers() {
    return initializers;
  }

  public List<SparseTensorProto> sparseInitializers() {
    return sparseInitializers;
  }

  /** The functions that the model defines itself; a node calls one by its domain and name. */
  public List<FunctionProto> functions() {
    return functions;
  }

  /** Operator set versions by domain; the standard domain is the empty string. */
  public Map<String, Long> opsets() {
    return Collections.unmodifiableMap(opsets);
  }

  /**
   * The version of one operator set, 0 if the model does not import it. {@code ai.onnx} is the
   * empty domain.
   */
  public long opset(String domain) {
    return opsets.getOrDefault(domain(domain), 0L);
  }

  /** The version of the file format, at least 3. */
  public long irVersion() {
    return irVersion;
  }

  /** The model's metadata properties. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /** The file; none for a model in memory. */
  public Optional<Path> path() {
    return path;
  }

  /** Bytes of the file and of the tensors in external files. */
  public long byteSize() {
    long size = skeleton().bytes().limit();
    for (OnnxTensor tensor : tensors) {
      size += tensor.isExternal() ? tensor.byteSize() : 0;
    }
    return size;
  }

  /**
   * A tensor of an attribute or a sub-graph of this model, with external data if it has any.
   *
   * @throws OnnxFileException if its elements are missing or not as many as its dimensions say
   */
  public OnnxTensor tensor(TensorProto tensor) {
    return OnnxTensor.of(tensor, files);
  }

  /**
   * SHA-256, in hexadecimal, of the structure and the weights; computed when first asked for.
   * Everything but the weights is hashed byte for byte. Of a weight, name, type, dimensions and
   * length are, and its elements: all of them up to 64 KiB, a sample of 64 KiB evenly spread over
   * it beyond. So the fingerprint tells models apart, and finds a retrained one, but is no proof
   * against somebody who changes single weights on purpose. It does not depend on where weights are
   * stored, in the file or in an external one.
   */
  public String fingerprint() {
    return fingerprint.get();
  }

  /** How error messages name the model. */
  @Override
  public String toString() {
    return files.model();
  }

  /**
   * The serialised model without tensors of 1 KiB and more: of those it says where in the model's
   * folder they stand, in external files or in its own.
   *
   * @throws OnnxFileException if the model without them would exceed 2 GB
   * @throws IllegalStateException for a model in memory
   */
  public byte[] inPlace() {
    return ModelWriter.inPlace(this);
  }

  ModelSkeleton skeleton() {
    return skeleton.get();
  }

  /** The initializers in file order; of two with one name, both. */
  List<OnnxTensor> tensors() {
    return tensors;
  }
}
