{{- define "huizhi.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "huizhi.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "huizhi.labels" -}}
{{ include "huizhi.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- end -}}

{{- define "huizhi.isPostgres" -}}
{{- if eq .Values.database.kind "postgres" -}}true{{- end -}}
{{- end -}}

{{- define "huizhi.replicas" -}}
{{- if include "huizhi.isPostgres" . -}}{{ .Values.replicas }}{{- else -}}1{{- end -}}
{{- end -}}
