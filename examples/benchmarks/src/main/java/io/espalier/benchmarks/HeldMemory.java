package io.espalier.benchmarks;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import com.google.inject.Guice;
import io.espalier.core.EspalierModule;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.elastic.ElasticBlock;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.verify.Verifier;
import io.espalier.onnx.verify.VerifyOptions;
import io.espalier.training.Digits;
import io.espalier.training.SmallResNet;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Whether memory is held that nobody uses: how much more is resident after the second half of many
 * cycles than after the first, of what changes with every cycle and of the plain thing beside it.
 * What was freed and the system's allocator keeps for the next time is counted apart, where the JVM
 * can make it give that back (glibc, JDK 17.0.9 and newer).
 */
public final class HeldMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int WIDTH = 16;
  private static final long PAUSE = 300;
  private static final int SEED = 1;

  private final int cycles;
  private final NDManager manager = NDManager.newBaseManager(Device.cpu());
  private final SearchSpaces spaces =
      Guice.createInjector(new EspalierModule()).getInstance(SearchSpaces.class);
  private final Random random = new Random(SEED);

  private HeldMemory(int cycles) {
    this.cycles = cycles;
  }

  /**
   * Prints a line for each kind of cycle.
   *
   * @param args how many cycles, 2,000 if not given; which kinds, {@code blocks} or {@code files},
   *     both if not given
   * @throws IOException if the system does not tell what is resident; only Linux does
   */
  public static void main(String[] args) throws IOException {
    HeldMemory held = new HeldMemory(args.length > 0 ? Integer.parseInt(args[0]) : 2000);
    System.out.printf(
        "%-32s %12s %12s %10s %12s %12s %8s%n",
        "MB resident", "first half", "second half", "more", "freed before", "and again", "s");
    List<String> kinds = args.length > 1 ? List.of(args[1]) : List.of("blocks", "files");
    if (kinds.contains("blocks")) {
      held.predictions();
      held.training();
      held.carving();
    }
    if (kinds.contains("files")) {
      held.files();
    }
    held.manager.close();
  }

  private Block plain(NDManager owner) {
    return SmallResNet.of(WIDTH, owner, SEED);
  }

  private ElasticBlock elastic() {
    return ElasticBlock.of(
        spaces.generate(DjlBlock.of(plain(manager), SmallResNet.INPUT), Rules.everything()));
  }

  private void predictions() throws IOException {
    Block plain = plain(manager);
    cycle("predict, plain", () -> predict(plain));
    ElasticBlock elastic = elastic();
    cycle(
        "select, predict",
        () -> {
          elastic.select(elastic.space().draw(random));
          predict(elastic);
        });
    cycle(
        "at, predict, close",
        () -> {
          try (ElasticBlock.FixedBlock at = elastic.at(elastic.space().draw(random))) {
            predict(at);
          }
        });
  }

  private void predict(Block block) {
    try (NDManager scope = manager.newSubManager()) {
      NDList inputs = new NDList(scope.ones(new Shape(1, 1, Digits.SIZE, Digits.SIZE)));
      block.forward(new ParameterStore(scope, false), inputs, false).head().toFloatArray();
    }
  }

  private void training() throws IOException {
    Block plain = plain(manager);
    train("training step, plain", plain, () -> {});
    ElasticBlock elastic = elastic();
    train("select, training step", elastic, () -> elastic.select(elastic.space().draw(random)));
  }

  private void train(String what, Block block, Runnable before) throws IOException {
    Loss loss = Loss.softmaxCrossEntropyLoss();
    Shape batch = new Shape(4, 1, Digits.SIZE, Digits.SIZE);
    try (Model model = Model.newInstance("held", Device.cpu())) {
      model.setBlock(block);
      try (Trainer trainer =
          model.newTrainer(
              new DefaultTrainingConfig(loss).optDevices(new Device[] {Device.cpu()}))) {
        trainer.initialize(batch);
        cycle(
            what,
            () -> {
              before.run();
              try (NDManager scope = trainer.getManager().newSubManager()) {
                NDArray labels = scope.zeros(new Shape(4));
                try (GradientCollector collector = trainer.newGradientCollector()) {
                  NDList outputs = trainer.forward(new NDList(scope.ones(batch)));
                  collector.backward(loss.evaluate(new NDList(labels), outputs));
                }
                trainer.step();
              }
            });
      }
    }
  }

  private void carving() throws IOException {
    cycle(
        "make, predict, close, plain",
        () -> {
          try (NDManager own = NDManager.newBaseManager(Device.cpu())) {
            predict(plain(own));
          }
        });
    SearchSpace space =
        spaces.generate(DjlBlock.of(plain(manager), SmallResNet.INPUT), Rules.everything());
    cycle(
        "carve, predict, close",
        () -> {
          space.select(space.draw(random));
          try (DjlNetwork carved = (DjlNetwork) space.export()) {
            predict(carved.block());
          }
        });
  }

  private void files() throws IOException {
    OnnxNetwork network = OnnxNetwork.of(SampleNetworks.thinResnet(), "a thin ResNet");
    cycle(
        "ONNX: load, close, plain",
        () -> OnnxSession.open(network.model(), SessionSettings.fast()).close());
    SearchSpace space = spaces.generate(network, Rules.everything());
    Verifier verifier = new Verifier(network.model(), VerifyOptions.defaults());
    cycle(
        "ONNX: carve, verify",
        () -> {
          space.select(space.draw(random));
          OnnxNetwork carved = (OnnxNetwork) space.export();
          verifier.verify(carved.model(), space.manifest());
        });
  }

  private void cycle(String what, Runnable once) throws IOException {
    long[] resident = new long[2];
    long[] freed = new long[2];
    long begun = System.nanoTime();
    for (int half = 0; half < resident.length; half++) {
      for (int i = 0; i < cycles / 2; i++) {
        once.run();
      }
      collect();
      long before = resident();
      giveBack();
      resident[half] = resident();
      freed[half] = before - resident[half];
    }
    System.out.printf(
        "%-32s %12d %12d %10d %12d %12d %8.0f%n",
        what,
        resident[0],
        resident[1],
        resident[1] - resident[0],
        freed[0],
        freed[1],
        (System.nanoTime() - begun) / 1e9);
  }

  /** Twice: another thread frees what lies outside the heap, after the collection. */
  private static void collect() {
    for (int i = 0; i < 2; i++) {
      System.gc();
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted", e);
      }
    }
  }

  /** As {@code jcmd PID System.trim_native_heap} does. */
  private static void giveBack() {
    try {
      ManagementFactory.getPlatformMBeanServer()
          .invoke(
              new ObjectName("com.sun.management:type=DiagnosticCommand"),
              "systemTrimNativeHeap",
              new Object[0],
              new String[0]);
    } catch (JMException e) {
      throw new IllegalStateException("this JVM cannot make the allocator give memory back", e);
    }
  }

  private static long resident() throws IOException {
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) / 1024)
        .findFirst()
        .orElseThrow(() -> new IOException(STATUS + " has no VmRSS"));
  }
}
