using System.Reflection;

namespace Gateway.Testing;

/// <summary>Finds tests whose name does not say all of it: <c>Subject_Condition_Outcome</c>.</summary>
public static class TestNames
{
    /// <summary>Full names of the tests of an assembly with fewer than three parts.</summary>
    public static IEnumerable<string> WithFewerThanThreeParts(Assembly assembly) =>
        assembly.GetTypes()
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(m => m.GetCustomAttributes<FactAttribute>().Any() && m.Name.Split('_').Length < 3)
            .Select(m => $"{m.DeclaringType!.FullName}.{m.Name}")
            .Order(StringComparer.Ordinal);
}
