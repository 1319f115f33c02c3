package io.espalier.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.nn.Block;
import org.junit.jupiter.api.Test;

class SchoolTest {
  private final School school = new School(Images.drawn(640, 1), Images.drawn(200, 2));

  @Test
  void aSmallNetworkLearnsDrawnDigitsAndASeedGivesOneResult() {
    Block block = SmallResNet.of(8);
    school.train(block, 8, 1e-2f, 1);
    double accuracy = school.accuracy(block);
    assertTrue(accuracy > 0.8, "accuracy " + accuracy);
    Block again = SmallResNet.of(8);
    school.train(again, 8, 1e-2f, 1);
    assertEquals(accuracy, school.accuracy(again));
  }

  @Test
  void aSeedGivesOneDigit() {
    assertArrayEquals(new Digits(3).draw(5), new Digits(3).draw(5));
  }
}
