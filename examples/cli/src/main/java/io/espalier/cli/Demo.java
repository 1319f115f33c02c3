package io.espalier.cli;

import com.google.inject.Guice;
import io.espalier.core.EspalierModule;
import io.espalier.core.SearchSpaces;
import io.espalier.core.values.Config;
import io.espalier.djl.DjlNetwork;
import io.espalier.spi.EspalierException;
import io.espalier.training.Images;
import io.espalier.training.School;
import io.espalier.training.SuperNetwork;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** Tells the whole story on a network of its own: from data to a smaller network that runs. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    versionProvider = Espalier.Version.class,
    description = {
      "Draws digits, trains a super-network on them, cuts the best half out, and runs both.",
      "Takes some two minutes."
    })
final class Demo implements Callable<Integer> {
  private static final int EXAM = 1000;
  private static final int JUDGED = 500;
  private static final int WIDTH = 16;
  private static final int FINE_TUNING = 2;
  private static final int CANDIDATES = 12;
  private static final float RATE = 5e-3f;
  private static final double HALF = 0.5;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where to leave the files; a new temporary folder if not given.")
  private @Nullable Path folder;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "The seed of all that is random (default: ${DEFAULT-VALUE}).")
  private int seed;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "4000",
      description = "How many digits to learn from, at least 500 (default: ${DEFAULT-VALUE}).")
  private int images;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "5",
      description = "How often all of them are learnt (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print nothing.")
  private boolean quiet;

  private final Terminal terminal;

  Demo(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (images < JUDGED || epochs < 1) {
      throw new EspalierException(
          "a demo with "
              + images
              + " digits and "
              + epochs
              + " epochs teaches nothing; give at least "
              + JUDGED
              + " and 1");
    }
    Path dir = folder();
    Path original = dir.resolve("digits.onnx");
    Path small = dir.resolve("small.onnx");

    say("Drawing %,d digits to learn from, and %,d to be tested on.", images, EXAM);
    Images lessons = Images.drawn(images, seed);
    Images exam = Images.drawn(EXAM, seed + 1L);
    School school = new School(lessons, exam);
    // networks are chosen by lessons, never by the exam
    School judge = new School(lessons, lessons.part(0, JUDGED));
    try (Outputs outputs = Outputs.beside(List.of()).with(original).with(small);
        SuperNetwork network = new SuperNetwork(spaces(), WIDTH, seed)) {
      say(
          "Training a residual network together with its %s sub-networks, %d epochs.",
          Numbers.rounded(network.space().size()), epochs);
      network.train(school, epochs, RATE, seed);
      Config largest = network.uniform(1);
      network.accuracy(school, largest);
      outputs.write(original, network.cut(largest)::save);

      say("Sorting by importance, and trying %d networks of half of the MACs.", CANDIDATES);
      network.space().sortParameters();
      Config best = network.best(judge, HALF, CANDIDATES, seed);
      network.accuracy(judge, best);
      DjlNetwork cut = network.cut(best);

      say("Cutting the best one out, and training it for %d more epochs.", FINE_TUNING);
      school.train(cut.block(), FINE_TUNING, RATE / 4, seed);
      outputs.write(small, cut::save);
      outputs.commit();
      say("Both run in ONNX Runtime:");
      tell(DigitTable.of(network.space(), largest, best, original, small, exam));
    }
    say("  %s", original);
    say("  %s", small);
    say("Now try it on a model of your own:");
    say("  espalier prune MODEL.onnx -o small.onnx --macs 0.5 --manifest manifest.json");
    say("  espalier verify MODEL.onnx small.onnx --manifest manifest.json");
    return ExitCode.OK;
  }

  private SearchSpaces spaces() {
    return Guice.createInjector(new EspalierModule()).getInstance(SearchSpaces.class);
  }

  private Path folder() {
    Path given = folder;
    if (given != null) {
      if (!Files.isDirectory(given)) {
        throw new EspalierException("there is no folder " + given + "; create it first");
      }
      return given;
    }
    try {
      return Files.createTempDirectory("espalier-demo");
    } catch (IOException e) {
      throw new EspalierException(
          "there is no room for temporary files: " + e.getMessage() + "; give a folder with --dir",
          e);
    }
  }

  private void say(String format, Object... values) {
    tell(String.format(Locale.ROOT, format, values) + System.lineSeparator());
  }

  private void tell(String text) {
    PrintStream out = terminal.out();
    if (!quiet) {
      out.print(text);
      out.flush();
    }
  }
}
