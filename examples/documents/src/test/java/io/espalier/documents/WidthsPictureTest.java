package io.espalier.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.inject.Guice;
import io.espalier.core.EspalierModule;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.search.Budget;
import io.espalier.core.search.BudgetSearch;
import io.espalier.core.search.Cost;
import io.espalier.onnx.build.SampleNetworks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The picture in the README shows what the code does. */
class WidthsPictureTest {
  private static final Path PICTURE = Path.of("..", "..", "docs", "images", "pruned-resnet50.svg");

  /** {@code -Despalier.write-docs} draws it anew. */
  @Test
  void showsResnet50AtHalfOfItsMacs() throws IOException {
    SearchSpace space =
        Guice.createInjector(new EspalierModule())
            .getInstance(SearchSpaces.class)
            .generate(SampleNetworks.resnet50(), Rules.everything());
    space.sortParameters();
    space.select(BudgetSearch.find(space, Budget.of(Cost.MACS, 0.5)).config());
    String picture =
        WidthsPicture.of(space, "ResNet-50 at half of its MACs: units kept of each width");
    if (System.getProperty("espalier.write-docs") != null) {
      Files.writeString(PICTURE, picture);
    }
    assertEquals(Files.readString(PICTURE), picture);
  }
}
