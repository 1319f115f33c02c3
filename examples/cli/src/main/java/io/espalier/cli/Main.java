package io.espalier.cli;

import io.espalier.spi.EspalierException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

/** The entry of the command line. */
public final class Main {
  private static final List<String> COMMANDS =
      List.of("inspect", "sample", "export", "prune", "verify", "compare", "demo");

  private Main() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    // types that no option has; looking for them loads the whole of java.sql
    System.setProperty("picocli.converters.excludes", "java.sql.*|java.time.*");
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
    CommandLine commands = commands(terminal, args);
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

  /** The command that is called; all of them where it is none, for a message or for help. */
  private static CommandLine commands(Terminal terminal, String... args) {
    CommandLine commands = new CommandLine(new Espalier());
    // each that is described costs a tenth of the time of a short run
    boolean known = args.length > 0 && COMMANDS.contains(args[0]);
    for (String name : known ? List.of(args[0]) : COMMANDS) {
      commands.addSubcommand(command(name, terminal));
    }
    return commands;
  }

  private static Object command(String name, Terminal terminal) {
    return switch (name) {
      case "inspect" -> new Inspect(terminal);
      case "sample" -> new Sample(terminal);
      case "export" -> new Export(terminal);
      case "prune" -> new Prune(terminal);
      case "verify" -> new Verify(terminal);
      case "compare" -> new Compare(terminal);
      case "demo" -> new Demo(terminal);
      default -> throw new IllegalArgumentException("there is no command " + name);
    };
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
