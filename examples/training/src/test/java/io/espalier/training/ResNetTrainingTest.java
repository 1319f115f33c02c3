package io.espalier.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.load.ParamsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResNetTrainingTest {
  private final Images exam = Images.drawn(200, 2);
  private final School school = new School(Images.drawn(640, 1), exam).withShifts(1);

  @TempDir Path folder;

  @Test
  void whatIsWrittenTellsDigitsAsTheTrainedNetworkDoesAndASeedGivesOneNetwork() throws IOException {
    double accuracy = ResNetTraining.train(school, 8, 5, 1, folder.resolve("one"));
    assertTrue(accuracy > 0.5, "accuracy " + accuracy);
    assertEquals(accuracy, DigitAccuracy.of(folder.resolve("one.onnx"), exam), 0.006);

    ResNetTraining.train(school, 8, 5, 1, folder.resolve("again"));
    for (String ending : new String[] {".onnx", ".params"}) {
      assertArrayEquals(
          Files.readAllBytes(folder.resolve("one" + ending)),
          Files.readAllBytes(folder.resolve("again" + ending)));
    }
  }

  @Test
  void theNetworkHasFifteenConvolutionsAndTakesItsParametersFromAFile() throws IOException {
    Path written = folder.resolve("wide.params");
    School brief = new School(exam.part(0, 64), exam.part(64, 128));
    ResNetTraining.train(brief, ResNet14.WIDTH, 1, 1, folder.resolve("wide"));
    try (NDManager manager = NDManager.newBaseManager()) {
      Block block = ResNet14.block();
      ParamsFile.load(block, manager, written);
      assertEquals(15, convolutions(block));
      Path copy = folder.resolve("copy.params");
      DjlNetwork.of(DjlBlock.of(block, SmallResNet.INPUT)).save(copy);
      assertArrayEquals(Files.readAllBytes(written), Files.readAllBytes(copy));
    }
  }

  private static long convolutions(Block block) {
    return block instanceof Conv2d
        ? 1
        : block.getChildren().values().stream().mapToLong(ResNetTrainingTest::convolutions).sum();
  }

  @Test
  void aShiftMovesWholeImages() {
    Images images = Images.drawn(50, 3);
    float[] before = images.pixels();
    float[] after = images.shifted(2, new Random(5)).pixels();
    Random moves = new Random(5);
    for (int image = 0; image < images.count(); image++) {
      int down = moves.nextInt(5) - 2;
      int right = moves.nextInt(5) - 2;
      for (int row = 0; row < Digits.SIZE; row++) {
        for (int column = 0; column < Digits.SIZE; column++) {
          float expected = pixel(before, image, row - down, column - right);
          assertEquals(expected, pixel(after, image, row, column));
        }
      }
    }
  }

  private static float pixel(float[] pixels, int image, int row, int column) {
    boolean inside = row >= 0 && row < Digits.SIZE && column >= 0 && column < Digits.SIZE;
    return inside ? pixels[(image * Digits.SIZE + row) * Digits.SIZE + column] : 0;
  }

  @Test
  void normalisedPixelsHaveTheMeanTakenAwayAndAreDivided() {
    Images images = Images.drawn(1, 3);
    float pixel = images.pixels()[400];
    assertEquals((pixel - 0.25f) / 0.5f, images.normalised(0.25f, 0.5f).pixels()[400]);
  }

  @Test
  void aCommandThatLacksSomethingIsToldWhat() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> ResNetTraining.main(new String[] {"folder", "--out", "net", "--seed"}));
    assertTrue(
        String.valueOf(e.getMessage()).startsWith("--seed lacks its value; give the folder"),
        e::getMessage);
  }
}
