package io.espalier.djl.carve;

import io.espalier.spi.EspalierException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields of objects, whatever class in their line declares them, and objects without one. */
final class InstanceFields {
  private static final ClassValue<List<Field>> FIELDS =
      new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
          return List.copyOf(collect(type));
        }
      };

  private InstanceFields() {}

  /** Every field of an object of a class, those of the classes it extends first. */
  static List<Field> of(Class<?> type) {
    return FIELDS.get(type);
  }

  private static List<Field> collect(Class<?> type) {
    List<Field> fields = new ArrayList<>();
    if (type.getSuperclass() != null) {
      fields.addAll(collect(type.getSuperclass()));
    }
    for (Field field : type.getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers())) {
        try {
          field.setAccessible(true);
        } catch (InaccessibleObjectException e) {
          throw new EspalierException(
              "field "
                  + field.getName()
                  + " of "
                  + type.getName()
                  + " cannot be read, which is needed to make smaller blocks; open its module with"
                  + " --add-opens",
              e);
        }
        fields.add(field);
      }
    }
    return fields;
  }

  /** What a field holds. */
  static @Nullable Object get(Field field, Object owner) {
    try {
      return field.get(owner);
    } catch (IllegalAccessException e) {
      throw new EspalierException("field " + field + " cannot be read", e);
    }
  }

  static void set(Field field, Object owner, @Nullable Object value) {
    try {
      field.set(owner, value);
    } catch (IllegalAccessException e) {
      throw new EspalierException(
          "field "
              + field.getName()
              + " of "
              + field.getDeclaringClass().getName()
              + " cannot be set in a copy; a block must be an ordinary class",
          e);
    }
  }

  /** An object of a class whose constructor was not run, as those that are read from streams. */
  static Object allocate(Class<?> type) {
    try {
      Class<?> factory = Class.forName("sun.reflect.ReflectionFactory");
      Object instance = factory.getMethod("getReflectionFactory").invoke(null);
      Object constructor =
          factory
              .getMethod("newConstructorForSerialization", Class.class, Constructor.class)
              .invoke(instance, type, Object.class.getDeclaredConstructor());
      return ((Constructor<?>) constructor).newInstance();
    } catch (ReflectiveOperationException e) {
      throw new EspalierException("no copy can be made of a block of class " + type.getName(), e);
    }
  }
}
