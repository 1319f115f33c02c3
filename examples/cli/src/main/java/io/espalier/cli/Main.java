package io.espalier.cli;

import io.espalier.spi.EspalierException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

/** The entry of the command line. */
public final class Main {
  private Main() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    Results results = Results.standard();
    Terminal terminal = Terminal.system(results.printer());
    int code = run(terminal, args);
    System.exit(results.isLeft() ? code : checked(terminal, code));
  }

  /**
   * Runs a command.
   *
   * @param out where results go
   * @param err where errors go
   * @return 0 if it is done, 2 if what the user gave cannot be used, 1 if a network does not pass
   *     verification, or because of a bug
   */
  public static int run(PrintStream out, PrintStream err, String... args) {
    Terminal terminal = new Terminal(out, err, false);
    return checked(terminal, run(terminal, args));
  }

  private static int run(Terminal terminal, String... args) {
    CommandLine commands = new CommandLine(new Espalier());
    commands.addSubcommand(new Inspect(terminal));
    commands.addSubcommand(new Sample(terminal));
    commands.addSubcommand(new Export(terminal));
    commands.addSubcommand(new Prune(terminal));
    commands.addSubcommand(new Verify(terminal));
    commands.addSubcommand(new Compare(terminal));
    commands.addSubcommand(new Demo(terminal));
    Failures failures = new Failures(terminal.err());
    commands.setOut(writer(terminal.out()));
    commands.setParameterExceptionHandler((e, words) -> failures.reportParameters(e));
    commands.setExecutionExceptionHandler((e, command, result) -> failures.report(e));
    commands.setExpandAtFiles(false);
    int code;
    try {
      DataCommands.complete(commands, args);
      code = commands.execute(args);
    } catch (EspalierException | Error e) {
      code = failures.report(e);
    }
    terminal.out().flush();
    return code;
  }

  /** Results that nobody got are a failure. */
  private static int checked(Terminal terminal, int code) {
    if (!terminal.out().checkError() || code != ExitCode.OK) {
      return code;
    }
    return new Failures(terminal.err())
        .report(
            new EspalierException(
                "the results cannot be written to the standard output, which is full or closed;"
                    + " send them elsewhere"));
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, Charset.defaultCharset()), true);
  }
}
