package io.espalier.cli;

import io.espalier.spi.EspalierException;
import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Tells the user why a command failed: in one line what is wrong with the input, or with a trace
 * what is wrong with the program.
 */
final class Failures {
  private static final int LONGEST = 2_000;

  private final PrintStream err;

  Failures(PrintStream err) {
    this.err = err;
  }

  /** Words that picocli does not understand. */
  int reportParameters(ParameterException e) {
    String message = String.valueOf(e.getMessage()).replaceFirst("^Error: ", "");
    String first = message.substring(0, 1).toLowerCase(Locale.ROOT);
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    print(first + message.substring(1) + suggestion(e) + "; see " + command + " --help");
    return ExitCode.USAGE;
  }

  private static String suggestion(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      return "; did you mean " + unmatched.getSuggestions().get(0) + "?";
    }
    return "";
  }

  /** A failure on the way. */
  int report(Throwable failure) {
    Throwable known = forTheUser(failure);
    if (known != null) {
      print(String.valueOf(known.getMessage()));
      return ExitCode.USAGE;
    }
    if (failure instanceof OutOfMemoryError) {
      print("there is not enough memory; allow more, as in ESPALIER_JAVA_OPTS=-Xmx8g");
      return ExitCode.USAGE;
    }
    failure.printStackTrace(err);
    print("this is a bug of espalier; please report it with the trace above and the command");
    return ExitCode.SOFTWARE;
  }

  /** The outermost cause that speaks to the user: Guice wraps what a provider throws. */
  private static @Nullable Throwable forTheUser(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof EspalierException) {
        return cause;
      }
    }
    return null;
  }

  private void print(String message) {
    String line = message.strip().replaceAll("\\s*\\R\\s*", " ");
    err.println(
        "espalier: " + (line.length() > LONGEST ? line.substring(0, LONGEST) + " ..." : line));
    err.flush();
  }
}
