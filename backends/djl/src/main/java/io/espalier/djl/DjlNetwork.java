package io.espalier.djl;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.DataModel;
import io.espalier.core.moments.GradientModel;
import io.espalier.core.moments.Measured;
import io.espalier.core.moments.Probe;
import io.espalier.core.values.Cut;
import io.espalier.core.values.Prover;
import io.espalier.core.values.StagedFiles;
import io.espalier.core.values.WholeFile;
import io.espalier.djl.calibrate.BlockInputs;
import io.espalier.djl.calibrate.BlockMeasuring;
import io.espalier.djl.calibrate.BlockRun;
import io.espalier.djl.calibrate.ObservableBlock;
import io.espalier.djl.calibrate.TaylorImportance;
import io.espalier.djl.carve.BlockCarver;
import io.espalier.djl.carve.BlockCut;
import io.espalier.djl.carve.CarvedCheck;
import io.espalier.djl.carve.Network;
import io.espalier.djl.carve.NewValues;
import io.espalier.djl.carve.WidthsRegistry;
import io.espalier.djl.export.OnnxExport;
import io.espalier.djl.trace.BlockTracer;
import io.espalier.djl.trace.TracedBlock;
import io.espalier.spi.EspalierException;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.OpId;
import io.espalier.trace.Graph;
import io.espalier.trace.Tensor;
import io.espalier.trace.TraceException;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A block that was opened and traced. It reads the block's parameters, and never changes them. */
public final class DjlNetwork implements GradientModel, ObservableBlock {
  private static final OpId CONVOLUTION = OpId.of("Conv");

  private final TracedBlock traced;
  private final WidthsRegistry registry;
  private final Network network;
  private final String description;
  private final Map<String, Parameter> stored = new HashMap<>();

  private final @Nullable NDManager owned;

  /**
   * @param owned what its parameters belong to; null for a block that was opened
   */
  private DjlNetwork(
      TracedBlock traced, WidthsRegistry registry, String description, @Nullable NDManager owned) {
    this.owned = owned;
    this.traced = traced;
    this.registry = registry;
    this.network = new Network(traced, registry);
    this.description = description;
    for (Tensor tensor : traced.graph().tensors()) {
      traced.parameter(tensor.id()).ifPresent(parameter -> stored.put(tensor.name(), parameter));
    }
  }

  /**
   * Traces a block.
   *
   * @throws io.espalier.trace.TraceException if it cannot be traced
   */
  public static DjlNetwork of(DjlBlock source) {
    return of(source, DjlNetwork.class.getClassLoader());
  }

  /**
   * Traces a block.
   *
   * @param loader finds each {@link io.espalier.djl.spi.BlockWidths}
   * @throws io.espalier.trace.TraceException if it cannot be traced
   * @throws EspalierException if two of those serve one class, or one cannot be loaded
   */
  public static DjlNetwork of(DjlBlock source, ClassLoader loader) {
    return new DjlNetwork(
        BlockTracer.trace(source),
        WidthsRegistry.discover(loader),
        "block " + source.block().getClass().getName(),
        null);
  }

  /** What each part of the traced network stands for in the block. */
  @Override
  public TracedBlock traced() {
    return traced;
  }

  /** The block. */
  @Override
  public Block block() {
    return traced.source().block();
  }

  /** What the cuts of this block have in common. */
  public Network network() {
    return network;
  }

  @Override
  public Graph graph() {
    return traced.graph();
  }

  /** A hash over the structure, and over the values that the parameters have now. */
  @Override
  public String fingerprint() {
    return Fingerprint.of(traced);
  }

  @Override
  public String description() {
    return description;
  }

  /** Where a block, in a field or a lambda, holds a width that nobody says how to change. */
  @Override
  public Optional<String> objection(Cut cut) {
    if (traced.graph().nodes().stream()
        .flatMap(node -> cut.map().facts(node.index()).indexed().stream())
        .anyMatch(cut::maps)) {
      return Optional.of(
          "a block reads rows by the ids that it is given; export it as .onnx, and cut rows there");
    }
    try (NDManager manager = NDManager.newBaseManager()) {
      BlockCut smaller = network.cut(cut);
      Block outline = BlockCarver.outline(smaller, manager);
      check(outline, cut);
      initialize(outline, manager);
      return Optional.empty();
    } catch (EspalierException e) {
      return Optional.of(e.getMessage() + "; " + Advice.onHeldWidth(block()));
    }
  }

  /** Writes the network as ONNX, to a name that ends in {@code .onnx}. */
  @Override
  public DjlNetwork carve(Cut cut, Prover prover) {
    NDManager manager = NDManager.newBaseManager();
    try {
      Block block = BlockCarver.carve(network.cut(cut), manager);
      check(block, cut);
      initialize(block, manager);
      TracedBlock carved = check(block, cut);
      prover.prove(carved.graph());
      return new DjlNetwork(carved, registry, "a block carved from " + description, manager);
    } catch (EspalierException e) {
      manager.close();
      throw new EspalierException(
          description
              + " cannot be made smaller so: "
              + e.getMessage()
              + "; "
              + Advice.onHeldWidth(block()),
          e);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /** Traces a smaller block, and compares it with the cut. */
  private TracedBlock check(Block block, Cut cut) {
    try {
      TracedBlock carved = BlockTracer.trace(new DjlBlock(block, traced.source().inputs()));
      CarvedCheck.check(traced, carved, cut);
      return carved;
    } catch (TraceException e) {
      throw new EspalierException("it does not run then: " + e.getMessage(), e);
    }
  }

  /** The blocks learn the shapes of their smaller inputs; parameters have values already. */
  private void initialize(Block block, NDManager manager) {
    Block whole = block();
    Shape[] shapes =
        whole.isInitialized()
            ? whole.getInputShapes()
            : traced.source().inputs().stream().map(DjlNetwork::shape).toArray(Shape[]::new);
    try {
      block.initialize(manager, DataType.FLOAT32, shapes);
    } catch (RuntimeException e) {
      throw new EspalierException(
          "a block cannot say the shapes of what it computes then: " + e.getMessage(), e);
    }
  }

  private static Shape shape(DjlBlock.Input input) {
    return new Shape(
        Arrays.stream(input.shape().getShape()).map(length -> Math.max(length, 1)).toArray());
  }

  @Override
  public List<InputSpec> inputs() {
    return BlockInputs.of(traced);
  }

  /** A manager of its own, on the device that the parameters are on. */
  @Override
  public NDManager newManager() {
    return block().getParameters().values().stream()
        .filter(Parameter::isInitialized)
        .findFirst()
        .map(parameter -> parameter.getArray().getManager())
        .map(own -> NDManager.newBaseManager(own.getDevice(), own.getEngine().getEngineName()))
        .orElseGet(NDManager::newBaseManager);
  }

  @Override
  public void run(Samples data, int[] samples, BiConsumer<Batch, Map<String, DataArray>> listener) {
    BlockRun.of(this, data, samples, listener);
  }

  @Override
  public Measured measure(
      DataModel observed, Probe.Request request, Samples data, List<int[]> folds) {
    return BlockMeasuring.measure(this, (DjlNetwork) observed, request, data, folds);
  }

  @Override
  public ImportanceCriterion taylor(Samples data, int[] samples, Optional<int[]> labels) {
    return TaylorImportance.of(this, data, samples, labels);
  }

  @Override
  public boolean isStored(String parameter) {
    return stored.containsKey(parameter);
  }

  @Override
  public ByteBuffer stored(String parameter) {
    return NewValues.bytes(parameter(parameter).getArray());
  }

  private Parameter parameter(String name) {
    Parameter parameter = stored.get(name);
    if (parameter == null) {
      throw new IllegalArgumentException(description + " stores no '" + name + "'");
    }
    return parameter;
  }

  /** Whether a node is a convolution with a weight of its own. */
  @Override
  public boolean hasWindows(String reader) {
    return graph().nodes().stream()
        .anyMatch(
            node ->
                node.op().equals(CONVOLUTION)
                    && graph().tensor(node.outputs().get(0)).name().equals(reader)
                    && graph().tensor(node.inputs().get(1)).constant() != null);
  }

  /** A copy of the block; the parameters of this one stay what they are. */
  @Override
  public DjlNetwork withValues(Map<String, float[]> values) {
    NDManager manager = newManager();
    IdentityHashMap<Parameter, float[]> changed = new IdentityHashMap<>();
    values.forEach((name, numbers) -> changed.put(parameter(name), numbers));
    Block block = NewValues.copy(block(), changed, manager);
    DjlBlock source = new DjlBlock(block, traced.source().inputs());
    return new DjlNetwork(BlockTracer.trace(source), registry, description, manager);
  }

  /** Closes the arrays of a block that was carved, or given other values. */
  @Override
  public void close() {
    if (owned != null) {
      owned.close();
    }
  }

  /**
   * Writes the network as ONNX where the file's name ends in {@code .onnx}, and else its parameters
   * as DJL does, which a block of the same structure and widths reads with {@link
   * Block#loadParameters}.
   */
  @Override
  public void save(Path file) {
    try (StagedFiles files = new StagedFiles()) {
      save(file, files);
      files.commit();
    } catch (IOException e) {
      throw unwritten(file, e);
    }
  }

  /** Writes the parameters, as DJL does. */
  @Override
  public void save(OutputStream out) throws IOException {
    DataOutputStream data = new DataOutputStream(out);
    block().saveParameters(data);
    data.flush();
  }

  @Override
  public void save(Path file, StagedFiles files) {
    if (file.toString().toLowerCase(Locale.ROOT).endsWith(".onnx")) {
      OnnxExport.write(traced, file, files);
      return;
    }
    try {
      files.write(file, out -> block().saveParameters(new DataOutputStream(out)));
    } catch (IOException e) {
      throw unwritten(file, e);
    }
  }

  private static EspalierException unwritten(Path file, IOException e) {
    return new EspalierException(WholeFile.unwritten(file, e), e);
  }
}
