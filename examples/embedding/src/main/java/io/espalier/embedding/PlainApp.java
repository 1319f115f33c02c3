package io.espalier.embedding;

import io.espalier.core.SearchSpaces;
import java.nio.file.Path;

/** Without Guice: {@code PlainApp model.onnx small.onnx}. */
public final class PlainApp {
  private PlainApp() {}

  public static void main(String[] args) throws ReflectiveOperationException {
    LargestWeight criterion = new LargestWeight();
    SearchSpaces spaces =
        SearchSpaces.discover(PlainApp.class.getClassLoader())
            .with(criterion)
            .rankedBy(criterion.key())
            .strict();
    Halver halver = new Halver(spaces, new MostParameters());
    System.out.println(halver.halve(Networks.of(args[0]), Path.of(args[1])));
  }
}
