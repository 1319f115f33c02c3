package io.espalier.cli;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.espalier.core.rules.Names;
import io.espalier.core.values.TracedModel;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.load.NamedBlock;
import io.espalier.djl.load.ParamsFile;
import io.espalier.djl.trace.TracedBlock;
import io.espalier.spi.EspalierException;
import io.espalier.trace.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Opens blocks of DJL. Apart from the others, so that DJL is loaded only where it is needed. */
final class BlockSource {
  private static final String EXAMPLE = "--input NAME=1x3x32x32";
  private static final String BATCH = "batch";

  private final String name;

  private BlockSource(String name) {
    this.name = name;
  }

  /**
   * Makes a block, reads its parameters, and traces it. They live as long as the process.
   *
   * @param name a class, or a class, {@code #} and a static method
   * @param params a file of parameters; null for random ones, the same each time
   * @param inputs the shapes of its inputs by name, in order, as words: {@code 1x3x32x32}, or
   *     {@code 1x128:int64}
   * @throws EspalierException if any of it cannot be used
   */
  static TracedModel open(
      String name, @Nullable Path params, Map<String, InputWords> inputs, ClassLoader loader) {
    return new BlockSource(name).open(params, inputs, loader);
  }

  private TracedModel open(
      @Nullable Path params, Map<String, InputWords> words, ClassLoader loader) {
    Block block = NamedBlock.make(name, loader);
    NDManager manager = manager();
    List<DjlBlock.Input> inputs = new ArrayList<>();
    words.forEach((input, given) -> inputs.add(input(input, given)));
    if (!inputs.isEmpty() && !block.isInitialized()) {
      initialize(block, manager, words);
    }
    if (params != null) {
      ParamsFile.load(block, manager, params);
    }
    if (!block.isInitialized()) {
      throw new EspalierException(
          "block "
              + name
              + " does not say what it is fed; give the shapes of its inputs by "
              + EXAMPLE);
    }
    DjlNetwork network =
        DjlNetwork.of(inputs.isEmpty() ? DjlBlock.of(block) : new DjlBlock(block, inputs), loader);
    if (params != null) {
      checkLoaded(block, network.traced(), params);
    }
    if (!words.isEmpty()) {
      run(block, manager, words);
    }
    return network;
  }

  /** The engine knows best whether the block takes what was given. */
  private void run(Block block, NDManager manager, Map<String, InputWords> words) {
    try (NDManager trial = manager.newSubManager()) {
      NDList inputs = new NDList();
      words.values().forEach(w -> inputs.add(trial.zeros(shape(w), type(w.type()))));
      block.forward(new ParameterStore(trial, false), inputs, false);
    } catch (RuntimeException e) {
      throw unfit(words, e);
    }
  }

  private static NDManager manager() {
    try {
      NDManager manager = NDManager.newBaseManager();
      manager.getEngine().setRandomSeed(0);
      return manager;
    } catch (EngineException | LinkageError | IllegalStateException e) {
      throw new EspalierException(
          "DJL finds no engine that runs here: "
              + e.getMessage()
              + "; blocks need PyTorch's natives for this platform",
          e);
    }
  }

  private void initialize(Block block, NDManager manager, Map<String, InputWords> words) {
    Shape[] shapes = words.values().stream().map(BlockSource::shape).toArray(Shape[]::new);
    try {
      block.initialize(manager, DataType.FLOAT32, shapes);
    } catch (RuntimeException e) {
      throw unfit(words, e);
    }
  }

  private EspalierException unfit(Map<String, InputWords> words, RuntimeException e) {
    List<String> given =
        words.values().stream()
            .map(w -> shape(w) + " of " + type(w.type()).name().toLowerCase(Locale.ROOT))
            .toList();
    return new EspalierException(
        "block "
            + name
            + " cannot be fed "
            + (given.size() == 1 ? "an array" : "arrays")
            + " of shape "
            + String.join(" and ", given)
            + ": "
            + firstLine(e)
            + "; give other shapes or types by --input",
        e);
  }

  /** PyTorch tells where in its own sources it failed, line by line. */
  private static String firstLine(RuntimeException e) {
    return (e.getMessage() == null ? e.toString() : e.getMessage()).lines().findFirst().orElse("");
  }

  private static Shape shape(InputWords words) {
    return new Shape(words.sizes());
  }

  /** The first dimension is the batch, which is left open. */
  private static DjlBlock.Input input(String name, InputWords words) {
    long[] dims = shape(words).getShape().clone();
    List<String> names = new ArrayList<>(Collections.nCopies(dims.length, ""));
    dims[0] = -1;
    names.set(0, BATCH);
    return new DjlBlock.Input(name, new Shape(dims), type(words.type()), names);
  }

  private static DataType type(String word) {
    try {
      return word.isEmpty() ? DataType.FLOAT32 : DataType.valueOf(word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      List<String> known =
          Arrays.stream(DataType.values())
              .map(type -> type.name().toLowerCase(Locale.ROOT))
              .toList();
      throw new EspalierException(
          "there is no type of elements \""
              + word
              + "\""
              + Names.didYouMean(Names.nearest(word, known)),
          e);
    }
  }

  /** DJL neither writes nor reads what a block does not register as its child. */
  private void checkLoaded(Block block, TracedBlock traced, Path params) {
    Set<Parameter> loaded = Collections.newSetFromMap(new IdentityHashMap<>());
    loaded.addAll(block.getParameters().values());
    String missing =
        traced.graph().tensors().stream()
            .filter(
                tensor ->
                    traced.parameter(tensor.id()).filter(p -> !loaded.contains(p)).isPresent())
            .map(Tensor::name)
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      throw new EspalierException(
          params
              + " holds no values of "
              + missing
              + ", because block "
              + name
              + " does not register the blocks they belong to; add them by addChildBlock");
    }
  }
}
