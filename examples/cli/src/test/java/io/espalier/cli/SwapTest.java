package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.acme.PaperBackend;
import com.acme.PaperModule;
import com.google.inject.Guice;
import com.google.inject.Module;
import io.espalier.core.EspalierModule;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.spi.EspalierException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backends are swapped by swapping JARs; nothing else knows them. */
class SwapTest {
  @TempDir private Path dir = Path.of("");

  /** A class path without the JARs of our backends, and without classes of strangers. */
  private static final class WithoutBackends extends ClassLoader {
    WithoutBackends() {
      super(SwapTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("io.espalier.onnx.")
          || name.startsWith("io.espalier.djl.")
          || name.startsWith("com.acme.")) {
        throw new ClassNotFoundException(name);
      }
      return super.loadClass(name, resolve);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      List<URL> rest = new ArrayList<>();
      for (URL url : Collections.list(super.getResources(name))) {
        try (InputStream text = url.openStream()) {
          String listed = new String(text.readAllBytes(), StandardCharsets.UTF_8);
          if (!listed.contains(".onnx.") && !listed.contains(".djl.")) {
            rest.add(url);
          }
        }
      }
      return Collections.enumeration(rest);
    }
  }

  private static SearchSpaces spaces(ClassLoader loader) {
    return Guice.createInjector(new EspalierModule(loader)).getInstance(SearchSpaces.class);
  }

  @Test
  void withTheOnnxBackendFilesAreOpened() {
    Path model = Cli.save(SampleNetworks.thinResnet(), dir.resolve("m.onnx"));
    SearchSpaces spaces = spaces(SwapTest.class.getClassLoader());
    assertTrue(spaces.generate(model, Rules.everything()).size().bitLength() > 20);
    EspalierException e = assertThrows(EspalierException.class, () -> spaces.open("a word"));
    assertTrue(String.valueOf(e.getMessage()).contains("onnx opens ONNX files"), e.getMessage());
  }

  @Test
  void withAnotherBackendItsSourcesAreOpened() throws Exception {
    Path jar =
        Jars.jar(
            dir.resolve("paper.jar"),
            Map.of(Module.class, PaperModule.class),
            List.of(
                PaperModule.class.getName(),
                PaperBackend.class.getName(),
                PaperBackend.class.getName() + "$Paper"));
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {jar.toUri().toURL()}, new WithoutBackends())) {
      SearchSpaces spaces = spaces(loader);
      SearchSpace space = spaces.generate("a word", Rules.everything());
      assertEquals("a word", space.model().description());
      assertEquals(BigInteger.ONE, space.size());
      assertEquals(loader, space.model().getClass().getClassLoader());
      assertNotEquals(loader, SearchSpaces.class.getClassLoader());

      Path model = Cli.save(SampleNetworks.thinResnet(), dir.resolve("m.onnx"));
      EspalierException e = assertThrows(EspalierException.class, () -> spaces.open(model));
      assertTrue(String.valueOf(e.getMessage()).contains("paper opens words"), e.getMessage());
    }
  }

  @Test
  void withoutAnyTheErrorNamesWhatToAdd() {
    SearchSpaces spaces = spaces(new WithoutBackends());
    EspalierException e =
        assertThrows(EspalierException.class, () -> spaces.open(dir.resolve("m.onnx")));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("there is no backend on the class path"), message);
    assertTrue(message.contains("io.espalier:espalier-backend-onnx"), message);
    assertTrue(message.contains("io.espalier:espalier-backend-djl"), message);
  }
}
