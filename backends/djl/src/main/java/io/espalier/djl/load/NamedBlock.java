package io.espalier.djl.load;

import ai.djl.nn.Block;
import io.espalier.core.rules.Names;
import io.espalier.spi.EspalierException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;

/**
 * Makes blocks that are named in text: by their class, {@code com.acme.MyNet}, which needs a
 * constructor without arguments, or by a static method without arguments that makes them, {@code
 * com.acme.Nets#resnet}.
 */
public final class NamedBlock {
  private static final String REMEDY =
      "; name a Block class with a constructor without arguments, or a static method that makes a"
          + " Block, as in com.acme.Nets#resnet";

  private final String name;

  private NamedBlock(String name) {
    this.name = name;
  }

  /**
   * Makes a block.
   *
   * @param name a class, or a class, {@code #} and a static method
   * @param loader finds the class
   * @throws EspalierException if there is no such class or method, it makes no block, or it fails
   */
  public static Block make(String name, ClassLoader loader) {
    return new NamedBlock(name).make(loader);
  }

  private Block make(ClassLoader loader) {
    int hash = name.indexOf('#');
    Class<?> type = type(hash < 0 ? name : name.substring(0, hash), loader);
    try {
      Object made = hash < 0 ? construct(type) : call(type, name.substring(hash + 1));
      if (made instanceof Block block) {
        return block;
      }
      throw new EspalierException(
          name
              + " makes "
              + (made == null ? "nothing" : "a " + made.getClass().getName())
              + REMEDY);
    } catch (InvocationTargetException e) {
      throw new EspalierException("block " + name + " cannot be made: " + e.getCause(), e);
    } catch (InstantiationException
        | IllegalAccessException
        | InaccessibleObjectException
        | LinkageError e) {
      throw new EspalierException("block " + name + " cannot be made: " + e + REMEDY, e);
    }
  }

  private static Class<?> type(String className, ClassLoader loader) {
    try {
      return Class.forName(className, true, loader);
    } catch (ClassNotFoundException e) {
      throw new EspalierException(
          "there is no class "
              + Names.quote(className)
              + " on the class path or among the plugins; check its name, or add the JAR that"
              + " holds it",
          e);
    } catch (LinkageError e) {
      throw new EspalierException(
          "class " + className + " cannot be loaded: " + e + "; add the JARs that it needs", e);
    }
  }

  private static Object construct(Class<?> type)
      throws InvocationTargetException, InstantiationException, IllegalAccessException {
    if (!Block.class.isAssignableFrom(type)) {
      throw new EspalierException("class " + type.getName() + " is no ai.djl.nn.Block" + REMEDY);
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (constructor.getParameterCount() == 0 && !Modifier.isAbstract(type.getModifiers())) {
        constructor.setAccessible(true);
        return constructor.newInstance();
      }
    }
    throw new EspalierException(
        "class "
            + type.getName()
            + (Modifier.isAbstract(type.getModifiers())
                ? " is abstract"
                : " has no constructor without arguments")
            + REMEDY);
  }

  private static Object call(Class<?> type, String methodName)
      throws InvocationTargetException, IllegalAccessException {
    List<Method> factories =
        Arrays.stream(type.getDeclaredMethods())
            .filter(method -> Modifier.isStatic(method.getModifiers()))
            .filter(method -> method.getParameterCount() == 0 && !method.isSynthetic())
            .filter(method -> Block.class.isAssignableFrom(method.getReturnType()))
            .toList();
    for (Method factory : factories) {
      if (factory.getName().equals(methodName)) {
        factory.setAccessible(true);
        return factory.invoke(null);
      }
    }
    throw new EspalierException(
        "class "
            + type.getName()
            + " has no static method "
            + Names.quote(methodName)
            + " without arguments that makes a Block; it has "
            + factories.stream().map(Method::getName).sorted().toList());
  }
}
