package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.inject.ProvisionException;
import io.espalier.onnx.file.OnnxFileException;
import io.espalier.onnx.runtime.OnnxRunException;
import io.espalier.spi.EspalierException;
import io.espalier.spi.RegistryException;
import io.espalier.trace.TraceException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailuresTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Failures failures =
      new Failures(new PrintStream(bytes, true, StandardCharsets.UTF_8));

  private String printed() {
    String text = bytes.toString(StandardCharsets.UTF_8);
    bytes.reset();
    return text;
  }

  @Test
  void whatTheUserCanMendIsOneLine() {
    List<RuntimeException> all =
        List.of(
            new EspalierException("a\nb"),
            new TraceException("a b\n"),
            new OnnxFileException("a\r\n  b"),
            new OnnxRunException("a b"),
            new RegistryException(" a b"),
            new ProvisionException("x", new EspalierException("a b")));
    for (RuntimeException failure : all) {
      assertEquals(2, failures.report(failure));
      assertEquals("espalier: a b" + System.lineSeparator(), printed());
    }
  }

  @Test
  void aLineHasAnEnd() {
    assertEquals(2, failures.report(new EspalierException("long ".repeat(10_000))));
    assertTrue(printed().length() < 2_100);
  }

  @Test
  void aBugHasATrace() {
    assertEquals(1, failures.report(new IllegalStateException("impossible")));
    String text = printed();
    assertTrue(text.contains("java.lang.IllegalStateException: impossible"), text);
    assertTrue(text.contains("\tat io.espalier.cli.FailuresTest"), text);
    assertTrue(text.contains("please report it"), text);
  }

  @Test
  void memoryMayRunOut() {
    assertEquals(2, failures.report(new OutOfMemoryError("heap")));
    assertTrue(printed().contains("ESPALIER_JAVA_OPTS"));
  }
}
