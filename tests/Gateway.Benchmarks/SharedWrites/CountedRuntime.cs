using Mono.Cecil;

namespace Gateway.Benchmarks.SharedWrites;

/// <summary>
/// A copy of the installed runtime and of the built gateway, rewritten so that they tell what they write. It is compiled anew at each start, since what was compiled ahead of time is lost with the rewriting.
/// </summary>
internal sealed class CountedRuntime : IDisposable
{
    private const string Library = "System.Private.CoreLib.dll";

    /// <summary>No request comes there, and they are large.</summary>
    private static readonly string[] s_left = ["Mvc", "Razor", "Components", "Identity", "SignalR", "Xml", "Linq", "VisualBasic", "CSharp", "Data", "Formats", "DataProtection"];

    /// <summary>Beside the runtime's and ASP.NET's.</summary>
    private static readonly string[] s_programs = ["Gateway.dll", "Yarp.ReverseProxy.dll", "OpenTelemetry.dll", "OpenTelemetry.Api.dll", "Polly.Core.dll"];

    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-shared-writes-").FullName;

    private CountedRuntime()
    {
    }

    public WriteSites Sites { get; } = new();

    /// <summary>Where its <c>dotnet</c> lies.</summary>
    public string Runtime => Path.Combine(_folder, "dotnet");

    /// <summary>Path of the rewritten Gateway.dll.</summary>
    public string Program => Path.Combine(_folder, "gateway", "Gateway.dll");

    /// <summary>Path of the table.</summary>
    public string Table => Path.Combine(_folder, "writes");

    public static CountedRuntime Make()
    {
        var made = new CountedRuntime();
        var installed = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
        CopyFiles(AppContext.BaseDirectory, Path.GetDirectoryName(made.Program)!);
        foreach (var part in new[] { "host", "shared" }) Copy(Path.Combine(installed, part), Path.Combine(made.Runtime, part));
        File.Copy(Path.Combine(installed, "dotnet"), Path.Combine(made.Runtime, "dotnet"));
        made.Rewrite();
        return made;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Rewrite()
    {
        using var resolver = new DefaultAssemblyResolver();
        var shared = Path.Combine(Runtime, "shared");
        var path = Directory.GetFiles(shared, Library, SearchOption.AllDirectories).Single(f => f.Contains(Path.GetFileName(Path.GetDirectoryName(typeof(object).Assembly.Location)!), StringComparison.Ordinal));
        using var library = Read(path);
        var hook = WriteHook.AddTo(library);
        new WriteRewriter(library, hook, Sites).Rewrite();
        foreach (var file in Directory.GetFiles(shared, "*.dll", SearchOption.AllDirectories).Where(IsOnTheWay).Concat(s_programs.Select(p => Path.Combine(Path.GetDirectoryName(Program)!, p))))
        {
            using var module = Read(file);
            if (new WriteRewriter(module, hook, Sites).Rewrite()) Write(module, file);
        }

        Write(library, path);
    }

    private static bool IsOnTheWay(string file) =>
        Path.GetFileName(file) is var name && name != Library && !Array.Exists(s_left, part => name.Contains(part, StringComparison.Ordinal)) && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal));

    private static ModuleDefinition Read(string file) => ModuleDefinition.ReadModule(file, new ReaderParameters { InMemory = true });

    /// <summary>What was compiled ahead of time for this system stays behind, and with it the mark that says so.</summary>
    private static void Write(ModuleDefinition module, string file)
    {
        const ModuleAttributes HasLibraryCode = (ModuleAttributes)4;
        module.Attributes = (module.Attributes | ModuleAttributes.ILOnly) & ~HasLibraryCode;
        module.Architecture = TargetArchitecture.AMD64;
        module.Write(file);
    }

    private static void Copy(string from, string to)
    {
        CopyFiles(from, to);
        foreach (var folder in Directory.GetDirectories(from)) Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }

    private static void CopyFiles(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
