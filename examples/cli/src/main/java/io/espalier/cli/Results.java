package io.espalier.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/** Standard output, which remembers why it could not be written; a print stream forgets. */
final class Results extends FilterOutputStream {
  private @Nullable IOException failure;

  private Results(OutputStream out) {
    super(out);
  }

  /** The standard output of this process. */
  static Results standard() {
    return new Results(new FileOutputStream(FileDescriptor.out));
  }

  /** Prints here, in the characters of the terminal. */
  PrintStream printer() {
    String name = System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding"));
    Charset charset = name == null ? Charset.defaultCharset() : Charset.forName(name);
    return new PrintStream(new BufferedOutputStream(this), false, charset);
  }

  /** Whether what reads the results, such as {@code head}, has had enough of them. */
  boolean isLeft() {
    return failure != null && String.valueOf(failure.getMessage()).contains("Broken pipe");
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    try {
      out.write(bytes, from, length);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }
}
