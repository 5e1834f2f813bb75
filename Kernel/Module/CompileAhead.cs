using System.Reflection;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Plane;
using RouterOS.Packets;

namespace RouterOS.Module;

/// <summary>
/// Compiles what workers run before they need it. Otherwise the first packet of a kind, and the first look at a table, hold up all
/// packets for the milliseconds that the compiler takes.
/// </summary>
/// <remarks>For processes without tiered compilation: what is compiled here is final.</remarks>
public static class CompileAhead
{
    private const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    /// <summary>Compiles the forwarding plane, the nodes of the packages, and the messages that rows and their counters are.</summary>
    /// <param name="packages">Packages whose assemblies are compiled whole.</param>
    /// <param name="others">Assemblies that the packages call, as the crypto engines'.</param>
    /// <returns>Methods compiled.</returns>
    public static int Run(IEnumerable<INodePackage> packages, params ReadOnlySpan<Assembly> others)
    {
        ArgumentNullException.ThrowIfNull(packages);
        IEnumerable<Type> types = packages.Select(package => package.GetType().Assembly)
            .Prepend(typeof(PacketBuffer).Assembly).Prepend(typeof(ForwardingPlane).Assembly).Concat(others.ToArray()).Distinct()
            .SelectMany(assembly => assembly.GetTypes())
            .Concat(typeof(Proto.Module.V1.Row).Assembly.GetTypes().Where(type => typeof(IMessage).IsAssignableFrom(type)));
        return types.Where(type => !type.ContainsGenericParameters)
            .SelectMany(type => type.GetMethods(Declared).AsEnumerable<MethodBase>().Concat(type.GetConstructors(Declared)))
            .Count(Prepare);
    }

    private static bool Prepare(MethodBase method)
    {
        if (method.ContainsGenericParameters || method.GetMethodBody() is null)
        {
            return false;
        }

        RuntimeHelpers.PrepareMethod(method.MethodHandle);
        return true;
    }
}
