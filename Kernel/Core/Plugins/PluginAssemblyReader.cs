using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace RouterOS.Core.Plugins;

/// <summary>Tells from its metadata what an assembly offers, so that a process loads only what it runs.</summary>
internal static class PluginAssemblyReader
{
    public static PluginKind Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        using PEReader image = new(file);
        if (!image.HasMetadata)
        {
            return PluginKind.None;
        }

        MetadataReader metadata = image.GetMetadataReader();
        PluginKind kind = PluginKind.None;
        foreach (TypeDefinitionHandle typeHandle in metadata.TypeDefinitions)
        {
            foreach (InterfaceImplementationHandle handle in metadata.GetTypeDefinition(typeHandle).GetInterfaceImplementations())
            {
                EntityHandle contract = metadata.GetInterfaceImplementation(handle).Interface;
                if (contract.Kind == HandleKind.TypeReference)
                {
                    kind |= KindOf(metadata, metadata.GetTypeReference((TypeReferenceHandle)contract));
                }
            }
        }

        return kind;
    }

    private static PluginKind KindOf(MetadataReader metadata, TypeReference contract) =>
        (metadata.GetString(contract.Namespace), metadata.GetString(contract.Name)) switch
        {
            ("RouterOS.Sdk.Plugins", "IControlPlugin") => PluginKind.Control,
            ("RouterOS.Sdk.Platforms", "IPlatformPlugin") => PluginKind.Platform,
            ("RouterOS.Forwarding", "INodePackage") => PluginKind.Nodes,
            _ => PluginKind.None,
        };
}
