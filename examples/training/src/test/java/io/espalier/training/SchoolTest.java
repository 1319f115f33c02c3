package io.espalier.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import io.espalier.core.SearchSpaces;
import io.espalier.core.values.Config;
import io.espalier.djl.DjlBackend;
import io.espalier.spi.DMRegistry;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SchoolTest {
  private final School school = new School(Images.drawn(640, 1), Images.drawn(200, 2));

  @Test
  void aSmallNetworkLearnsDrawnDigitsAndASeedGivesOneResult() {
    double accuracy = accuracy();
    assertTrue(accuracy > 0.8, "accuracy " + accuracy);
    assertEquals(accuracy, accuracy());
  }

  private double accuracy() {
    try (NDManager manager = NDManager.newBaseManager()) {
      Block block = SmallResNet.of(8, manager, 1);
      school.train(block, 8, 1e-2f, 1);
      return school.accuracy(block);
    }
  }

  @Test
  void aSuperNetworkHoldsNetworksThatWorkAndThatCanBeCutOut() {
    SearchSpaces spaces =
        new SearchSpaces(
            Set.of(new DjlBackend()), DMRegistry.discover(SchoolTest.class.getClassLoader()));
    try (SuperNetwork network = new SuperNetwork(spaces, 8, 1)) {
      network.train(school, 8, 1e-2f, 1);
      assertTrue(network.accuracy(school, network.uniform(1)) > 0.8);
      Config best = network.best(school, 0.5, 3, 1);
      double accuracy = network.accuracy(school, best);
      assertTrue(accuracy > 0.6, "accuracy " + accuracy);
      assertTrue(network.space().macs(best) <= 0.5 * network.space().macs(network.uniform(1)));
      assertEquals(accuracy, school.accuracy(network.cut(best).block()), 0.006);
    }
  }

  @Test
  void aSeedGivesOneDigit() {
    assertArrayEquals(new Digits(3).draw(5), new Digits(3).draw(5));
  }
}
