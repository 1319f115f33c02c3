package io.espalier.embedding;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.multibindings.OptionalBinder;
import io.espalier.core.EspalierModule;
import io.espalier.spi.ImportanceCriterion;
import java.nio.file.Path;

/** With Guice: {@code GuiceApp model.onnx small.onnx}. */
public final class GuiceApp extends AbstractModule {
  private GuiceApp() {}

  @Override
  protected void configure() {
    install(new EspalierModule().strict()); // a plugin that throws is an error here
    bind(Halver.class);
    bind(Evaluator.class).to(MostParameters.class);
    OptionalBinder.newOptionalBinder(binder(), ImportanceCriterion.class)
        .setBinding()
        .to(LargestWeight.class); // in the place of the default
  }

  public static void main(String[] args) throws ReflectiveOperationException {
    Halver halver = Guice.createInjector(new GuiceApp()).getInstance(Halver.class);
    System.out.println(halver.halve(Networks.of(args[0]), Path.of(args[1])));
  }
}
