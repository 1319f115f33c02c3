package io.espalier.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.Samples;
import io.espalier.core.latency.NodeTimer;
import io.espalier.core.latency.TimedModel;
import io.espalier.core.moments.DataModel;
import io.espalier.core.moments.Measured;
import io.espalier.core.moments.Probe;
import io.espalier.core.values.Cut;
import io.espalier.core.values.FileSizes;
import io.espalier.core.values.Precision;
import io.espalier.core.values.Prover;
import io.espalier.core.values.Quantisation;
import io.espalier.core.values.StagedFiles;
import io.espalier.onnx.calibrate.OnnxMeasuring;
import io.espalier.onnx.carve.OnnxCarver;
import io.espalier.onnx.file.ClosedBranches;
import io.espalier.onnx.file.Functions;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.file.SpelledOut;
import io.espalier.onnx.file.TensorSource;
import io.espalier.onnx.fold.FoldedModel;
import io.espalier.onnx.quantize.Quantised;
import io.espalier.onnx.quantize.QuantisedSizes;
import io.espalier.onnx.quantize.Quantiser;
import io.espalier.onnx.quantize.Weights;
import io.espalier.onnx.runtime.DataInputs;
import io.espalier.onnx.runtime.OnnxNodeTimer;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import io.espalier.onnx.trace.OnnxSizes;
import io.espalier.onnx.trace.OnnxTracer;
import io.espalier.onnx.trace.TracedOnnx;
import io.espalier.spi.OpId;
import io.espalier.trace.Graph;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX model that was opened and traced. Immutable, so that several threads may cut sub-networks
 * from it.
 */
public final class OnnxNetwork implements DataModel, TimedModel {
  private static final int MOST_SAMPLES = 32;
  private static final long MOST_ELEMENTS = 1_500_000;

  private final OnnxModel file;
  private final OnnxModel model;
  private final OnnxModel opened;
  private final TracedOnnx traced;
  private final OnnxEdit content;
  private final String description;

  /** What its weights are written as; null for what they are. */
  private final @Nullable Precision precision;

  private @Nullable Quantised quantised;

  /**
   * @param file the model as it was opened
   * @param model the same, perhaps with calls of its functions spelled out
   * @param opened the same, with both branches where it is not known which is taken; it is traced,
   *     with what is computed from parameters alone, over an axis of them, as the values that come
   *     out
   */
  private OnnxNetwork(
      OnnxModel file,
      OnnxModel model,
      OnnxModel opened,
      TracedOnnx traced,
      OnnxEdit content,
      String description,
      @Nullable Precision precision) {
    this.file = file;
    this.model = model;
    this.opened = opened;
    this.traced = traced;
    this.content = content;
    this.description = description;
    this.precision = precision;
  }

  /**
   * Opens an ONNX file.
   *
   * @throws io.espalier.onnx.file.OnnxFileException if it cannot be read
   */
  public static OnnxNetwork read(Path file) {
    return of(OnnxModel.read(file), file.toString());
  }

  /** A network of a model in memory. */
  public static OnnxNetwork of(OnnxModel model, String description) {
    return of(model, new OnnxEdit(model), description, null);
  }

  private static OnnxNetwork of(
      OnnxModel model, OnnxEdit content, String description, @Nullable Precision precision) {
    return of(model, model, SpelledOut.opened(model), content, description, precision);
  }

  private static OnnxNetwork of(
      OnnxModel file,
      OnnxModel model,
      OnnxModel opened,
      OnnxEdit content,
      String description,
      @Nullable Precision precision) {
    TracedOnnx traced = OnnxTracer.trace(FoldedModel.of(opened));
    return new OnnxNetwork(file, model, opened, traced, content, description, precision);
  }

  @Override
  public OnnxNetwork spelledOut(Predicate<OpId> known) {
    Predicate<NodeProto> calls =
        call -> !Functions.isOperator(call) && !known.test(OnnxTracer.operatorOfFunction(call));
    OnnxModel plain = SpelledOut.of(model, calls);
    if (plain == model && (opened == model || model.functions().isEmpty())) {
      return this;
    }
    OnnxModel open = SpelledOut.opened(plain, calls);
    return of(file, plain, open, new OnnxEdit(plain), description, precision);
  }

  @Override
  public OnnxNetwork writtenAs(Precision wanted) {
    OnnxNetwork network =
        new OnnxNetwork(file, model, opened, traced, content, description, wanted);
    network.quantised(wanted); // refuses a model that has no weight to quantise
    return network;
  }

  @Override
  public Quantisation quantisation() {
    return precision == null ? Quantisation.NONE : quantised(precision).quantisation();
  }

  private synchronized Quantised quantised(Precision wanted) {
    if (quantised == null) {
      quantised = Quantiser.quantise(model, wanted, description);
    }
    return quantised;
  }

  private OnnxEdit written() {
    return precision == null ? content : quantised(precision).edit();
  }

  /** The model as it stands in its file, but for functions and branches that were spelled out. */
  public OnnxModel model() {
    return model;
  }

  /** What each part of the traced network stands for in the file. */
  public TracedOnnx traced() {
    return traced;
  }

  @Override
  public Graph graph() {
    return traced.graph();
  }

  @Override
  public String fingerprint() {
    return file.fingerprint();
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public FileSizes sizes() {
    return precision == null
        ? new OnnxSizes(traced, content)
        : new QuantisedSizes(
            new OnnxSizes(traced, written()), traced, new Weights(model), precision);
  }

  @Override
  public OnnxNetwork carve(Cut cut, Prover prover) {
    OnnxEdit edit = isWhole(cut) ? content : ClosedBranches.of(OnnxCarver.carve(traced, cut));
    OnnxNetwork carved =
        of(edit.toModel(), edit, "a network carved from " + description, precision);
    prover.prove(carved.graph());
    return carved;
  }

  /** Whether nothing is cut at all: then the file stays as it is, byte for byte. */
  private static boolean isWhole(Cut cut) {
    return cut.replacedTensors().isEmpty() && cut.map().symbols().stream().noneMatch(cut::cuts);
  }

  @Override
  public List<InputSpec> inputs() {
    return DataInputs.of(model(), Map.of());
  }

  @Override
  public void run(Samples data, int[] samples, BiConsumer<Batch, Map<String, DataArray>> listener) {
    run(data, samples, listener, SessionSettings.fast());
  }

  @Override
  public void runOnOneThread(
      Samples data, int[] samples, BiConsumer<Batch, Map<String, DataArray>> listener) {
    run(data, samples, listener, SessionSettings.fast().withThreads(1));
  }

  @Override
  public void follow(
      Set<String> tensors,
      Samples data,
      int[] samples,
      BiConsumer<Batch, Map<String, DataArray>> listener) {
    Set<String> inside = new LinkedHashSet<>(tensors);
    inputs().forEach(input -> inside.remove(input.name()));
    if (inside.isEmpty()) {
      try (Samples.Batches batches = data.read(samples, batch())) {
        for (var next = batches.next(); next.isPresent(); next = batches.next()) {
          listener.accept(next.get(), next.get().arrays());
        }
      }
      return;
    }
    OnnxEdit edit = new OnnxEdit(model());
    inside.forEach(name -> edit.addOutput(ValueInfoProto.newBuilder().setName(name).build()));
    try (OnnxSession session = OnnxSession.open(edit, SessionSettings.fast());
        Samples.Batches batches = data.read(samples, batch())) {
      for (var next = batches.next(); next.isPresent(); next = batches.next()) {
        if (isWhole(next.get())) {
          Map<String, DataArray> all = new LinkedHashMap<>(next.get().arrays());
          all.putAll(session.runArrays(next.get().arrays()));
          listener.accept(next.get(), all);
        }
      }
    }
  }

  private void run(
      Samples data,
      int[] samples,
      BiConsumer<Batch, Map<String, DataArray>> listener,
      SessionSettings settings) {
    try (OnnxSession session = session(settings);
        Samples.Batches batches = data.read(samples, batch())) {
      for (var next = batches.next(); next.isPresent(); next = batches.next()) {
        if (isWhole(next.get())) {
          listener.accept(next.get(), session.runArrays(next.get().arrays()));
        }
      }
    }
  }

  /**
   * A file is loaded by the runtime itself. What was cut is loaded as a skeleton of nodes, with its
   * weights beside it: slices that are copied once, and views of the file where nothing was cut.
   */
  private OnnxSession session(SessionSettings settings) {
    return model().path().isPresent()
        ? OnnxSession.open(model(), settings)
        : OnnxSession.open(content, settings);
  }

  /** How many samples to run at a time. */
  private int batch() {
    long elements = 1;
    for (InputSpec input : inputs()) {
      long size = 1;
      for (long extent :
          input.trial().subList(Math.min(1, input.trial().size()), input.trial().size())) {
        size *= extent;
      }
      elements = Math.max(elements, size);
    }
    int usual = (int) Math.max(1, Math.min(MOST_SAMPLES, MOST_ELEMENTS / elements));
    return InputSpec.batchSize(inputs(), usual);
  }

  /** Whether a batch is as large as the model insists on. */
  private boolean isWhole(Batch batch) {
    return batch.size() == InputSpec.batchSize(inputs(), batch.size());
  }

  @Override
  public Measured measure(
      DataModel observed, Probe.Request request, Samples data, List<int[]> folds) {
    return OnnxMeasuring.measure(
        opened, ((OnnxNetwork) observed).opened, request, data, folds, batch(), this::isWhole);
  }

  @Override
  public NodeTimer timer(Map<String, DataArray> inputs, int threads) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    inputs.forEach((name, array) -> tensors.put(name, Tensor.of(array)));
    return new OnnxNodeTimer(model(), network -> ((OnnxNetwork) network).model(), tensors, threads);
  }

  @Override
  public boolean isStored(String parameter) {
    return model().initializers().containsKey(parameter);
  }

  @Override
  public ByteBuffer stored(String parameter) {
    return tensor(parameter).bytes();
  }

  private OnnxTensor tensor(String parameter) {
    OnnxTensor tensor = model().initializers().get(parameter);
    if (tensor == null) {
      throw new IllegalArgumentException(description + " stores no '" + parameter + "'");
    }
    return tensor;
  }

  @Override
  public boolean hasWindows(String reader) {
    return opened.nodes().stream()
        .anyMatch(
            node ->
                node.getOutputCount() > 0
                    && node.getOutput(0).equals(reader)
                    && node.getOpType().equals("Conv")
                    && opened.initializers().containsKey(node.getInput(1)));
  }

  @Override
  public OnnxNetwork withValues(Map<String, float[]> values) {
    OnnxEdit edit = new OnnxEdit(model());
    values.forEach(
        (name, numbers) -> {
          OnnxTensor old = tensor(name);
          Tensor tensor = Tensor.ofFloats(numbers, old.dims());
          edit.replaceInitializer(
              name,
              TensorSource.ofBytes(
                  name, old.dataType(), tensor.encode(old.dataType()), old.dims()));
        });
    OnnxModel changed = edit.toModel();
    return of(changed, edit, description, precision);
  }

  @Override
  public void save(Path file) {
    written().write(file);
  }

  /** Writes the model, with all weights inside; above 2 GB it can only be written to a file. */
  @Override
  public void save(OutputStream out) throws IOException {
    written().write(out);
  }

  @Override
  public void save(Path file, StagedFiles files) {
    written().write(file, files);
  }
}
