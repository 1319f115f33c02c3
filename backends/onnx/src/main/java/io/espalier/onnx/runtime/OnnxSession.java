package io.espalier.onnx.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.espalier.core.data.DataArray;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxFileException;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.file.SplitModel;
import io.espalier.onnx.file.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model that ONNX Runtime has loaded. May be run from several threads at once; close it after the
 * last run.
 *
 * <p>ONNX Runtime sends telemetry unless the environment variable {@code ORT_DISABLE_TELEMETRY} is
 * 1 when the process starts; nothing in Java can prevent it later.
 */
public final class OnnxSession implements AutoCloseable {
  private final String model;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Initializers outside the session, which must live as long as it does. */
  private final NativeTensors initializers;

  private final List<ValueSpec> inputSpecs;
  private final List<ValueSpec> outputSpecs;

  /** What a run takes; null if the model can only be read by the runtime. */
  private final @Nullable RunSize size;

  private OnnxSession(
      String model,
      OrtEnvironment environment,
      OrtSession session,
      NativeTensors initializers,
      @Nullable RunSize size)
      throws OrtException {
    this.size = size;
    this.initializers = initializers;
    this.model = model;
    this.environment = environment;
    this.session = session;
    this.inputSpecs = specs(session.getInputInfo());
    this.outputSpecs = specs(session.getOutputInfo());
  }

  /**
   * Loads a file, with its external data.
   *
   * @throws OnnxRunException if ONNX Runtime refuses it
   */
  public static OnnxSession open(Path file, SessionSettings settings) {
    return open(
        file.toString(),
        settings,
        (environment, options) -> environment.createSession(file.toString(), options),
        size(() -> OnnxModel.read(file), file.toString(), Map.of()));
  }

  /**
   * Loads a model from memory; it can have no external data.
   *
   * @throws OnnxRunException if ONNX Runtime refuses it
   */
  public static OnnxSession open(byte[] model, SessionSettings settings) {
    return open(
        "the model in memory",
        settings,
        (environment, options) -> environment.createSession(model, options),
        size(() -> OnnxModel.of(model), "the model in memory", Map.of()));
  }

  /**
   * Loads a model that is open for analysis, from its file if it has one.
   *
   * @throws OnnxRunException if ONNX Runtime refuses it
   */
  public static OnnxSession open(OnnxModel model, SessionSettings settings) {
    Optional<Path> path = model.path();
    if (path.isPresent() && settings.weights() == SessionSettings.Weights.IN_PLACE) {
      return openInPlace(model, path.get(), settings);
    }
    return path.isPresent()
        ? open(path.get(), settings)
        : open(new OnnxEdit(model).toBytes(), settings);
  }

  /** Of a file in one piece, too, the runtime maps weights only where they are external data. */
  private static OnnxSession openInPlace(OnnxModel model, Path file, SessionSettings settings) {
    String folder = file.toAbsolutePath().resolveSibling("").toString();
    String name = String.valueOf(file.getFileName()); // its folder may be one that nobody knows
    byte[] skeleton = model.inPlace();
    return open(
        name,
        settings,
        (environment, options) -> {
          options.addConfigEntry("session.model_external_initializers_file_folder_path", folder);
          return environment.createSession(skeleton, options);
        },
        size(() -> model, name, Map.of()));
  }

  /**
   * Loads the result of edits without writing it. Weights that no edit touches are shared with the
   * mapped source, so that many candidates can be tried one after the other.
   *
   * @throws OnnxRunException if ONNX Runtime refuses it
   */
  public static OnnxSession open(OnnxEdit edit, SessionSettings settings) {
    return open(edit, settings, options -> {});
  }

  /**
   * As {@link #open(OnnxEdit, SessionSettings)}, with a profile of all runs until {@link
   * #endProfile} is called.
   *
   * @param file where the profile is written; the runtime adds the time to its name
   */
  static OnnxSession openProfiled(OnnxEdit edit, SessionSettings settings, Path file) {
    return open(edit, settings, options -> options.enableProfiling(file.toString()));
  }

  private static OnnxSession open(OnnxEdit edit, SessionSettings settings, Option option) {
    SplitModel split = edit.split(NativeTensors::supports);
    NativeTensors initializers = new NativeTensors(environment());
    Opener opener =
        (environment, options) -> {
          for (TensorSource tensor : split.tensors()) {
            initializers.add(
                tensor.name(), tensor.dataType(), tensor.toDirectBuffer(), tensor.dims());
          }
          options.addExternalInitializers(initializers.values());
          option.set(options);
          return environment.createSession(split.skeleton(), options);
        };
    Map<String, long[]> apart = new HashMap<>();
    split.tensors().forEach(tensor -> apart.put(tensor.name(), tensor.dims()));
    RunSize size = size(() -> OnnxModel.of(split.skeleton()), "the edited model", apart);
    return open("the edited model", settings, opener, initializers, size);
  }

  private static @Nullable RunSize size(
      Supplier<OnnxModel> model, String name, Map<String, long[]> apart) {
    try {
      return new RunSize(model.get(), name, apart);
    } catch (OnnxFileException e) {
      // the runtime has the last word on what it reads
      return null;
    }
  }

  private static OnnxSession open(
      String model, SessionSettings settings, Opener opener, @Nullable RunSize size) {
    return open(model, settings, opener, new NativeTensors(environment()), size);
  }

  private static OnnxSession open(
      String model,
      SessionSettings settings,
      Opener opener,
      NativeTensors initializers,
      @Nullable RunSize size) {
    OrtEnvironment environment = environment();
    if (size != null) {
      // the runtime computes what depends on no input when it loads a model
      size.check(Map.of());
    }
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(settings.threads());
      options.setInterOpNumThreads(1);
      if (settings.threads() != 1) {
        // threads that wait for each other sleep: what else runs may need the cores
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
      }
      if (settings.weights() == SessionSettings.Weights.IN_PLACE) {
        options.addConfigEntry("session.disable_prepacking", "1");
      }
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      options.setOptimizationLevel(
          switch (settings.optimisation()) {
            case NONE -> OrtSession.SessionOptions.OptLevel.NO_OPT;
            case BASIC -> OrtSession.SessionOptions.OptLevel.BASIC_OPT;
            case ALL -> OrtSession.SessionOptions.OptLevel.ALL_OPT;
          });
      for (Path library : settings.customOperators()) {
        register(library, options);
      }
      OrtSession session = opener.open(environment, options);
      return new OnnxSession(model, environment, session, initializers, size);
    } catch (OnnxRunException e) {
      initializers.close();
      throw e;
    } catch (OrtException | IOException e) {
      initializers.close();
      throw new OnnxRunException(
          "ONNX Runtime cannot load " + model + ": " + oneLine(e) + "; check the model", e);
    }
  }

  private static void register(Path library, OrtSession.SessionOptions options) {
    try {
      options.registerCustomOpLibrary(library.toAbsolutePath().toString());
    } catch (OrtException e) {
      throw new OnnxRunException(
          "ONNX Runtime cannot load the operators in "
              + library
              + ": "
              + oneLine(e)
              + "; give a library that was built for this system",
          e);
    }
  }

  private static OrtEnvironment environment() {
    try {
      return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "espalier");
    } catch (IllegalStateException | LinkageError e) {
      throw new OnnxRunException(
          "ONNX Runtime cannot start: " + e.getMessage() + "; check that it supports this system",
          e);
    }
  }

  /**
   * Names, element types and dimensions of the inputs, those that initializers set by default left
   * out.
   */
  public List<ValueSpec> inputSpecs() {
    return inputSpecs;
  }

  /** Names, element types and dimensions of the outputs. */
  public List<ValueSpec> outputSpecs() {
    return outputSpecs;
  }

  /**
   * Runs the model once.
   *
   * @param inputs one tensor for each input, converted to the input's element type if that is of
   *     the same family
   * @return the outputs, in the model's order
   * @throws OnnxRunException if inputs are missing, unknown, or of another family, if the model
   *     fails, or if an output is not a tensor of numbers
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    try (NativeTensors prepared = prepare(inputs);
        OrtSession.Result result = run(prepared)) {
      Map<String, Tensor> outputs = new LinkedHashMap<>();
      for (Map.Entry<String, OnnxValue> output : result) {
        outputs.put(output.getKey(), tensor(output.getKey(), output.getValue()));
      }
      return outputs;
    }
  }

  /**
   * Runs the model once on data.
   *
   * @param inputs an array for each input
   * @return the outputs, in the model's order
   * @throws OnnxRunException as {@link #run(Map)} does
   */
  public Map<String, DataArray> runArrays(Map<String, DataArray> inputs) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    inputs.forEach((name, array) -> tensors.put(name, Tensor.of(array)));
    Map<String, DataArray> outputs = new LinkedHashMap<>();
    run(tensors).forEach((name, tensor) -> outputs.put(name, tensor.toArray()));
    return outputs;
  }

  /** Runs the model once and gives those outputs that are tensors of numbers. */
  public Map<String, Tensor> runForNumbers(Map<String, Tensor> inputs) {
    try (NativeTensors prepared = prepare(inputs);
        OrtSession.Result result = run(prepared)) {
      Map<String, Tensor> outputs = new LinkedHashMap<>();
      for (Map.Entry<String, OnnxValue> output : result) {
        if (output.getValue().getInfo() instanceof TensorInfo info && isNumbers(info)) {
          outputs.put(output.getKey(), tensor(output.getKey(), output.getValue()));
        }
      }
      return outputs;
    }
  }

  private static boolean isNumbers(TensorInfo info) {
    int type = ElementTypes.dataType(info.onnxType);
    return DataTypes.isFloating(type) || DataTypes.isInteger(type);
  }

  /** Runs the model once and gives only the types of those outputs that are tensors. */
  Map<String, ValueSpec> runForSpecs(Map<String, Tensor> inputs) {
    try (NativeTensors prepared = prepare(inputs);
        OrtSession.Result result = run(prepared)) {
      Map<String, ValueSpec> specs = new LinkedHashMap<>();
      for (Map.Entry<String, OnnxValue> output : result) {
        if (output.getValue().getInfo() instanceof TensorInfo info) {
          specs.put(output.getKey(), spec(output.getKey(), info));
        }
      }
      return specs;
    }
  }

  OrtSession.Result run(NativeTensors inputs) {
    try {
      return session.run(inputs.values());
    } catch (OrtException e) {
      throw new OnnxRunException(
          "running " + model + " failed: " + oneLine(e) + "; check the shapes of its inputs", e);
    }
  }

  /** Ends the profile of a session that was opened with one, and says where it was written. */
  Path endProfile() {
    try {
      return Path.of(session.endProfiling());
    } catch (OrtException e) {
      throw new OnnxRunException("the profile of " + model + " failed: " + oneLine(e), e);
    }
  }

  /** The version of the runtime. */
  static String version() {
    return environment().getVersion();
  }

  /** Inputs in the runtime's own form, to run with more than once. */
  NativeTensors prepare(Map<String, Tensor> inputs) {
    for (String name : inputs.keySet()) {
      if (inputSpecs.stream().noneMatch(spec -> spec.name().equals(name))) {
        throw new OnnxRunException(
            model + " has no input '" + name + "'; its inputs are " + inputSpecs);
      }
    }
    for (ValueSpec spec : inputSpecs) {
      requireFit(spec, inputs.get(spec.name()));
    }
    if (size != null) {
      Map<String, long[]> shapes = new HashMap<>();
      inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
      size.check(shapes);
    }
    NativeTensors prepared = new NativeTensors(environment);
    try {
      for (ValueSpec spec : inputSpecs) {
        Tensor tensor = Objects.requireNonNull(inputs.get(spec.name()));
        ByteBuffer bytes = tensor.encode(spec.dataType());
        prepared.add(spec.name(), spec.dataType(), bytes, tensor.shape());
      }
      return prepared;
    } catch (OrtException e) {
      prepared.close();
      throw new OnnxRunException("the inputs of " + model + " do not fit: " + oneLine(e), e);
    }
  }

  private void requireFit(ValueSpec spec, @Nullable Tensor tensor) {
    if (tensor == null) {
      throw new OnnxRunException(model + " needs a value for its input " + spec);
    }
    boolean sameFamily = tensor.isFloat() == DataTypes.isFloating(spec.dataType());
    if (!sameFamily || !NativeTensors.supports(spec.dataType())) {
      throw new OnnxRunException(
          model + " wants " + spec + ", which cannot be made from " + tensor);
    }
  }

  private Tensor tensor(String name, OnnxValue value) {
    if (value instanceof ai.onnxruntime.OnnxTensor tensor) {
      ValueSpec spec = spec(name, tensor.getInfo());
      if (DataTypes.isFloating(spec.dataType()) || DataTypes.isInteger(spec.dataType())) {
        return Tensor.of(
            OnnxTensor.of(name, spec.dataType(), tensor.getByteBuffer(), spec.shape()));
      }
    }
    throw new OnnxRunException("output '" + name + "' of " + model + " is not a tensor of numbers");
  }

  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      try {
        session.close();
        initializers.close();
      } catch (OrtException e) {
        throw new OnnxRunException("closing " + model + " failed: " + oneLine(e), e);
      }
    }
  }

  private static List<ValueSpec> specs(Map<String, NodeInfo> infos) {
    return infos.values().stream()
        .filter(info -> info.getInfo() instanceof TensorInfo)
        .map(info -> spec(info.getName(), (TensorInfo) info.getInfo()))
        .toList();
  }

  private static ValueSpec spec(String name, TensorInfo info) {
    List<Long> dims = Arrays.stream(info.getShape()).boxed().toList();
    return new ValueSpec(name, ElementTypes.dataType(info.onnxType), dims);
  }

  /** The runtime's own words; it ends some with a line break. */
  private static String oneLine(Exception e) {
    return String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
  }

  private interface Option {
    void set(OrtSession.SessionOptions options) throws OrtException;
  }

  private interface Opener {
    OrtSession open(OrtEnvironment environment, OrtSession.SessionOptions options)
        throws OrtException, IOException;
  }
}
