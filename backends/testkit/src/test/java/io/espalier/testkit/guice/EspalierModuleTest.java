package io.espalier.testkit.guice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.inject.AbstractModule;
import com.google.inject.CreationException;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Module;
import com.google.inject.multibindings.Multibinder;
import com.google.inject.multibindings.OptionalBinder;
import com.google.inject.util.Modules;
import io.espalier.core.EspalierModule;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Backend;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.EspalierException;
import io.espalier.spi.ImportanceCriterion;
import io.espalier.spi.Use;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How applications wire Espalier. */
class EspalierModuleTest {
  private static final OnnxModel MODEL = model();

  /** The later a unit, the more it matters. */
  static final class Last implements ImportanceCriterion {
    @Override
    public String key() {
      return "test.last";
    }

    @Override
    public double[] score(Use use, int axis) {
      double[] scores = new double[use.shape()[axis]];
      java.util.Arrays.setAll(scores, i -> i);
      return scores;
    }
  }

  /** What an application has. */
  static final class Application {
    final SearchSpaces spaces;

    @Inject
    Application(SearchSpaces spaces) {
      this.spaces = spaces;
    }
  }

  private static OnnxModel model() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("two", 17);
    String x = b.input("input", 2, 4);
    for (int i = 0; i < 2; i++) {
      String weight = b.weights("fc" + i + ".weight", 4, 4);
      x = b.node("Gemm", "/fc" + i + "/Gemm", List.of(x, weight), Map.of("transB", 1));
    }
    return b.output("output", x, 2, 4).build();
  }

  private static SearchSpace sorted(Injector injector) {
    SearchSpace space =
        injector.getInstance(SearchSpaces.class).generate(MODEL, Rules.everything());
    space.sortParameters();
    return space;
  }

  private static void assertWorks(Injector injector) {
    assertTrue(sorted(injector).isConfigurable());
  }

  @Test
  void worksWhereAllBindingsMustBeExplicit() {
    Module demanding =
        new AbstractModule() {
          @Override
          protected void configure() {
            binder().requireExplicitBindings();
            binder().requireExactBindingAnnotations();
            binder().disableCircularProxies();
            install(new EspalierModule());
            bind(Application.class);
          }
        };
    Injector injector = Guice.createInjector(demanding);
    assertWorks(injector);
    assertSame(
        injector.getInstance(SearchSpaces.class), injector.getInstance(Application.class).spaces);
  }

  @Test
  void worksInAChildInjector() {
    Injector parent = Guice.createInjector();
    Injector child = parent.createChildInjector(new EspalierModule());
    Injector sibling = parent.createChildInjector(new EspalierModule());
    assertWorks(child);
    assertWorks(sibling);
    assertNotSame(child.getInstance(SearchSpaces.class), sibling.getInstance(SearchSpaces.class));
    assertWorks(Guice.createInjector(new EspalierModule()).createChildInjector());
  }

  @Test
  void worksInTwoInjectorsAtOnce() {
    Injector first = Guice.createInjector(new EspalierModule());
    Injector second = Guice.createInjector(new EspalierModule(), ranking(new Last()));
    assertWorks(first);
    assertWorks(second);
    assertNotSame(first.getInstance(DMRegistry.class), second.getInstance(DMRegistry.class));
    assertSame(first.getInstance(DMRegistry.class), first.getInstance(DMRegistry.class));
    assertFalse(first.getInstance(DMRegistry.class).criteria().containsKey("test.last"));
    assertEquals("l2", sorted(first).criterion());
    assertEquals("test.last", sorted(second).criterion());
  }

  @Test
  void countsOnceHoweverOftenItIsInstalled() {
    assertWorks(Guice.createInjector(new EspalierModule(), new EspalierModule()));
  }

  @Test
  void twoThatDifferAreExplained() {
    CreationException refused =
        assertThrows(
            CreationException.class,
            () -> Guice.createInjector(new EspalierModule(), new EspalierModule().strict()));
    assertEquals(1, refused.getErrorMessages().size(), refused.getMessage());
    String said = refused.getErrorMessages().iterator().next().getMessage();
    assertTrue(
        said.contains(
            "EspalierModule is installed 2 times in one injector, as it is and strict; install one"
                + " of them, or each in an injector of its own"),
        said);
    assertWorks(Guice.createInjector(new EspalierModule().strict(), new EspalierModule().strict()));
  }

  private static Module ranking(ImportanceCriterion criterion) {
    return new AbstractModule() {
      @Override
      protected void configure() {
        OptionalBinder.newOptionalBinder(binder(), ImportanceCriterion.class)
            .setBinding()
            .toInstance(criterion);
      }
    };
  }

  @Test
  void anApplicationChoosesItsOwnCriterion() {
    SearchSpace space = sorted(Guice.createInjector(new EspalierModule(), ranking(new Last())));
    assertArrayEquals(new int[] {3, 2, 1, 0}, space.hparam("fc0.out_features").order());
  }

  @Test
  void anApplicationAddsToTheRegistry() {
    Module more =
        new AbstractModule() {
          @Override
          protected void configure() {
            Multibinder.newSetBinder(binder(), ImportanceCriterion.class)
                .addBinding()
                .to(Last.class);
          }
        };
    Injector injector = Guice.createInjector(new EspalierModule(), more);
    assertTrue(
        injector
            .getInstance(DMRegistry.class)
            .criteria()
            .keySet()
            .containsAll(Set.of("l2", "test.last")));
    SearchSpace space = sorted(injector);
    assertEquals("l2", space.criterion());
    space.setCriterion("test.last");
    space.sortParameters();
    assertArrayEquals(new int[] {3, 2, 1, 0}, space.hparam("fc0.out_features").order());
  }

  @Test
  void anApplicationReplacesTheRegistry() {
    DMRegistry none = DMRegistry.of();
    Module other =
        new AbstractModule() {
          @Override
          protected void configure() {
            OptionalBinder.newOptionalBinder(binder(), DMRegistry.class)
                .setBinding()
                .toInstance(none);
          }
        };
    Injector injector = Guice.createInjector(new EspalierModule(), other);
    assertSame(none, injector.getInstance(SearchSpaces.class).registry());
    assertFalse(
        injector
            .getInstance(SearchSpaces.class)
            .generate(MODEL, Rules.everything())
            .isConfigurable());
  }

  @Test
  void strictIsASettingOfTheModule() {
    assertTrue(
        Guice.createInjector(new EspalierModule().strict())
            .getInstance(SearchSpaces.class)
            .registry()
            .isStrict());
    assertFalse(
        Guice.createInjector(new EspalierModule()).getInstance(DMRegistry.class).isStrict());
  }

  @Test
  void anApplicationOverridesByModulesToo() {
    DMRegistry none = DMRegistry.of();
    Module other =
        new AbstractModule() {
          @Override
          protected void configure() {
            bind(DMRegistry.class).toInstance(none);
          }
        };
    Injector injector = Guice.createInjector(Modules.override(new EspalierModule()).with(other));
    assertSame(none, injector.getInstance(SearchSpaces.class).registry());
  }

  @Test
  void aBackendThatCannotBeLoadedIsNamed(@TempDir Path folder) throws IOException {
    Path jar = folder.resolve("backend.jar");
    try (JarOutputStream entries = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Class<?> role : List.of(Backend.class, Module.class)) {
        entries.putNextEntry(new JarEntry("META-INF/services/" + role.getName()));
        entries.write("com.acme.Gone".getBytes(StandardCharsets.UTF_8));
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader())) {
      String plain =
          assertThrows(EspalierException.class, () -> SearchSpaces.discover(loader)).toString();
      CreationException refused =
          assertThrows(
              CreationException.class, () -> Guice.createInjector(new EspalierModule(loader)));
      String injected = refused.getErrorMessages().iterator().next().getMessage();
      for (String said : List.of(plain, injected)) {
        assertTrue(said.contains("that cannot be loaded ("), said);
        assertTrue(said.contains("com.acme.Gone not found"), said);
      }
    }
  }
}
