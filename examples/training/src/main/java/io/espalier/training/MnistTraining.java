package io.espalier.training;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import io.espalier.core.SearchSpaces;
import io.espalier.djl.DjlBackend;
import io.espalier.spi.DMRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Trains one super-network, and each of its widths alone for as many epochs, on the 10,000 images
 * of the MNIST test set: 8,000 to learn from, 2,000 to be tested on. Prints the accuracies beside
 * one another.
 */
public final class MnistTraining {
  private static final int WIDTH = 16;
  private static final int EPOCHS = 8;
  private static final float RATE = 5e-3f;
  private static final int SEED = 1;

  private MnistTraining() {}

  /** Expects the folder that holds images and labels. */
  public static void main(String[] args) throws IOException {
    Images all = Images.mnist(Path.of(args[0]));
    School school = new School(all.part(0, 8000), all.part(8000, 10_000));
    System.out.println("| width | in the super-network | alone | difference in points |");
    System.out.println("| --- | --- | --- | --- |");
    together(school)
        .forEach(
            (ratio, accuracy) -> {
              double alone = alone(school, (int) (WIDTH * ratio));
              System.out.println(
                  String.format(
                      Locale.ROOT,
                      "| %.2f | %.2f%% | %.2f%% | %+.2f |",
                      ratio,
                      100 * accuracy,
                      100 * alone,
                      100 * (accuracy - alone)));
            });
  }

  private static double alone(School school, int width) {
    try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
      Block block = SmallResNet.of(width, manager, SEED);
      school.train(block, EPOCHS, RATE, SEED);
      return school.accuracy(block);
    }
  }

  private static Map<Double, Double> together(School school) {
    SearchSpaces spaces =
        new SearchSpaces(
            Set.of(new DjlBackend()), DMRegistry.discover(MnistTraining.class.getClassLoader()));
    Map<Double, Double> accuracies = new LinkedHashMap<>();
    try (SuperNetwork network = new SuperNetwork(spaces, WIDTH, SEED)) {
      network.train(school, EPOCHS, RATE, SEED);
      for (double ratio : new double[] {1, 0.5, 0.25}) {
        accuracies.put(ratio, network.accuracy(school, network.uniform(ratio)));
      }
    }
    return accuracies;
  }
}
