package io.espalier.djl.export;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.espalier.core.values.StagedFiles;
import io.espalier.core.values.WholeFile;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.trace.BlockTracer;
import io.espalier.djl.trace.TracedBlock;
import io.espalier.djl.trace.values.Settings;
import io.espalier.spi.EspalierException;
import io.espalier.spi.OpId;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes blocks as ONNX files, of operator set 17: they compute what the block computes at
 * inference, for every length of the open dimensions. Parameters keep their names, {@code
 * conv1.weight}; nodes are named by the blocks they belong to, {@code /layer1/conv1/Conv}. The same
 * block gives the same bytes.
 */
public final class OnnxExport {
  /** The newest version of the file format that any runtime with operator set 17 reads. */
  private static final int IR_VERSION = 8;

  private static final OpId DROPOUT = OpId.of("Dropout");
  private static final String IDENTITY = "Identity";
  private static final String NAME_SCOPES = "pkg.torch.onnx.name_scopes";
  private static final String CLASSES = "pkg.torch.onnx.class_hierarchy";

  /** Protobuf counts the bytes of a file in an int; some are for what stands around the graph. */
  private static final long MOST_BYTES = Integer.MAX_VALUE - 1024L;

  /** What stands around a tensor in a file: a tag and a length. */
  private static final int BYTES_AROUND = 8;

  private final TracedBlock traced;
  private final Graph graph;
  private final OnnxTypes types;
  private final OnnxConstants constants;
  private final NodeScopes scopes;

  private OnnxExport(TracedBlock traced) {
    this.traced = traced;
    this.graph = traced.graph();
    this.types = new OnnxTypes(traced);
    this.constants = new OnnxConstants(traced, types);
    this.scopes = new NodeScopes(traced);
  }

  /**
   * Traces a block and writes it, whole or not at all.
   *
   * @throws io.espalier.trace.TraceException if it cannot be traced
   * @throws EspalierException as for a traced block
   */
  public static void write(DjlBlock block, Path file) {
    write(BlockTracer.trace(block), file);
  }

  /**
   * Writes a traced block, whole or not at all.
   *
   * @throws EspalierException if a part of it could not be traced, it is too large for one file, or
   *     the file cannot be written
   */
  public static void write(TracedBlock block, Path file) {
    try (StagedFiles files = new StagedFiles()) {
      write(block, file, files);
      files.commit();
    } catch (IOException e) {
      throw new EspalierException(WholeFile.unwritten(file, e), e);
    }
  }

  /**
   * Writes a traced block to a file that appears together with others.
   *
   * @throws EspalierException as {@link #write(TracedBlock, Path)} does
   */
  public static void write(TracedBlock block, Path file, StagedFiles files) {
    ModelProto model = new OnnxExport(block).model();
    try {
      files.write(file, model::writeTo);
    } catch (IOException e) {
      throw new EspalierException(WholeFile.unwritten(file, e), e);
    }
  }

  private ModelProto model() {
    refuseUntraced();
    refuseLarge(constants.bytes());
    long bytes = 0;
    GraphProto.Builder written = GraphProto.newBuilder().setName(name());
    for (Tensor tensor : graph.tensors()) {
      if (tensor.constant() != null && isRead(tensor)) {
        TensorProto initializer = constants.of(tensor, tensor.constant());
        bytes += initializer.getSerializedSize() + BYTES_AROUND;
        written.addInitializer(initializer);
      } else if (tensor.declared() != null && tensor.producer() >= 0 && !isOutput(tensor)) {
        written.addValueInfo(types.of(tensor));
      }
    }
    graph.inputs().forEach(input -> written.addInput(types.of(graph.tensor(input))));
    graph.outputs().forEach(output -> written.addOutput(types.of(graph.tensor(output))));
    graph.nodes().forEach(node -> written.addNode(node(node)));
    refuseLarge(bytes + written.clone().clearInitializer().build().getSerializedSize());
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("espalier")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset()))
        .setGraph(written)
        .build();
  }

  /** What the class of the block is called; an anonymous one has no name. */
  private String name() {
    String name = traced.source().block().getClass().getSimpleName();
    return name.isEmpty() ? "block" : name;
  }

  private int opset() {
    return graph.nodes().stream().mapToInt(GraphNode::opset).max().orElse(17);
  }

  private boolean isOutput(Tensor tensor) {
    return graph.outputs().contains(tensor.id());
  }

  /** What only the rate of a dropout is read from is left out with it. */
  private boolean isRead(Tensor tensor) {
    return graph.consumers(tensor.id()).stream()
        .map(graph.nodes()::get)
        .anyMatch(node -> !node.op().equals(DROPOUT) || node.inputs().get(0) == tensor.id());
  }

  private NodeProto node(GraphNode node) {
    // a dropout does nothing at inference
    boolean copy = node.op().equals(DROPOUT);
    NodeProto.Builder written =
        NodeProto.newBuilder().setOpType(copy ? IDENTITY : node.op().name()).setName(node.name());
    node.inputs().stream()
        .limit(copy ? 1 : node.inputs().size())
        .forEach(input -> written.addInput(name(input)));
    node.outputs().forEach(output -> written.addOutput(name(output)));
    written.addAllAttribute(
        OnnxAttributes.of(
            node.op(), (Settings) node.attributes(), types.element(node.outputs().get(0))));
    written.addMetadataPropsBuilder().setKey(NAME_SCOPES).setValue(scopes.nameScopes(node));
    written.addMetadataPropsBuilder().setKey(CLASSES).setValue(scopes.classes(node));
    return written.build();
  }

  private String name(int tensor) {
    return tensor < 0 ? "" : graph.tensor(tensor).name();
  }

  private void refuseUntraced() {
    List<GraphNode> untraced = traced.untraced();
    if (untraced.isEmpty()) {
      return;
    }
    GraphNode first = untraced.get(0);
    String path = traced.path(first.index());
    throw new EspalierException(
        described()
            + " cannot be written as ONNX, because at "
            + (path.isEmpty() ? "its outermost level " : "\"" + path + "\" ")
            + first.attributes().text("reason", "a part could not be traced")
            + (untraced.size() == 1 ? "" : " (and " + (untraced.size() - 1) + " parts more)")
            + "; write that part with operations of NDArray that can be traced");
  }

  private void refuseLarge(long bytes) {
    if (bytes > MOST_BYTES) {
      throw new EspalierException(
          described()
              + " would take "
              + bytes
              + " bytes, and an ONNX file has room for 2 GB; export a smaller sub-network, or save"
              + " the parameters to a .params file");
    }
  }

  private String described() {
    return "block " + traced.source().block().getClass().getName();
  }
}
